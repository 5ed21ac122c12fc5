// Enhances the pages of accounts and administrators: updates progress, and suggests the browser's time zone.
import { pollProgress } from "./scripts/progress_polling.js";
import { suggestTimezone } from "./scripts/timezone_suggestion.js";

pollProgress();
suggestTimezone();
