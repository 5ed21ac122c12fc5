// Enhances the account pages: updates progress, and suggests the browser's time zone.
import { pollProgress } from "./scripts/progress_polling.js";
import { suggestTimezone } from "./scripts/timezone_suggestion.js";

pollProgress();
suggestTimezone();
