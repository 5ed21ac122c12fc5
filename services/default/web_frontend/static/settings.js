// The account pages work without this file; it follows work that goes on, and knows the time zone of this browser.
import { followWork } from "./scripts/following.js";
import { offerOwnTimezone } from "./scripts/timezones.js";

followWork();
offerOwnTimezone();
