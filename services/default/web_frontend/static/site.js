// Enhances all pages, which also work without scripts.
import { saveCaptionsInPlace } from "./scripts/caption_form.js";
import { closeMenus } from "./scripts/menus.js";
import { loadMoreOnScroll } from "./scripts/infinite_scroll.js";
import { offerNewPhotos } from "./scripts/new_photos.js";
import { pollProcessingPhotos } from "./scripts/processing_photos.js";
import { showLocalTimes } from "./scripts/local_times.js";
import { enhancePostForm } from "./scripts/post_form.js";

closeMenus();
showLocalTimes();
loadMoreOnScroll();
offerNewPhotos();
pollProcessingPhotos();
saveCaptionsInPlace();
enhancePostForm();
