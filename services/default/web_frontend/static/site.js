// Enhances all pages, which also work without scripts.
import { saveCaptionsInPlace } from "./scripts/caption_form.js";
import { closeMenus } from "./scripts/menus.js";
import { offerNewPhotos } from "./scripts/new_photos.js";
import { pollProcessingPhotos } from "./scripts/processing_photos.js";
import { showLocalTimes } from "./scripts/local_times.js";
import { enableOffline } from "./scripts/offline.js";
import { startScrubber } from "./scripts/timeline/scrubber.js";
import { startTimeline } from "./scripts/timeline/timeline.js";
import { openPhotosInViewer } from "./scripts/viewer/open.js";
import { enableSharing } from "./scripts/viewer/share.js";

closeMenus();
showLocalTimes();
startTimeline();
startScrubber();
openPhotosInViewer();
enableSharing();
offerNewPhotos();
pollProcessingPhotos();
saveCaptionsInPlace();
enableOffline();

// Visitors who are not signed in need the scripts for posting last: they only forget the photos of another account.
// The page that is shown without a connection is the same for all accounts.
if (!document.querySelector("[data-account], [data-offline]")) addEventListener("load", () => import("./posting.js"));
