// The account pages work without this file; it follows work that goes on, and knows the time zone of this browser.
import { followWork } from "./behaviours/following.js";
import { offerOwnTimezone } from "./behaviours/timezones.js";

followWork();
offerOwnTimezone();
