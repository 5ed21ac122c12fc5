// Posting photos: on pages of signed-in users at once, for visitors when the page has loaded.
import { enablePosting } from "./scripts/posting/index.js";

enablePosting();
