// Every page reads and posts without this file; it makes them smoother where the browser can.
import { changeCaptionsInPlace } from "./behaviours/captions.js";
import { closeMenus } from "./behaviours/menus.js";
import { loadMoreOnScroll } from "./behaviours/more.js";
import { announceNewest } from "./behaviours/newest.js";
import { followProcessing } from "./behaviours/processing.js";
import { showLocalTimes } from "./behaviours/times.js";
import { uploadWithProgress } from "./behaviours/uploads.js";

closeMenus();
showLocalTimes();
loadMoreOnScroll();
announceNewest();
followProcessing();
changeCaptionsInPlace();
uploadWithProgress();
