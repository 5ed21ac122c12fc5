// Every page reads and posts without this file; it makes them smoother where the browser can.
import { changeCaptionsInPlace } from "./scripts/captions.js";
import { closeMenus } from "./scripts/menus.js";
import { loadMoreOnScroll } from "./scripts/more.js";
import { announceNewest } from "./scripts/newest.js";
import { followProcessing } from "./scripts/processing.js";
import { showLocalTimes } from "./scripts/times.js";
import { uploadWithProgress } from "./scripts/uploads.js";

closeMenus();
showLocalTimes();
loadMoreOnScroll();
announceNewest();
followProcessing();
changeCaptionsInPlace();
uploadWithProgress();
