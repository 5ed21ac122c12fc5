// Sends the queue while a page is open, and again when the connection is back; a background sync sends it otherwise.
import { waitForConnection } from "../page_updates.js";
import { publish } from "./events.js";
import { list } from "./post_store.js";
import { sendAll } from "./sender.js";
import { sendFromPage } from "./transports.js";

const SYNC_TAG = "send-posts";

let running = null;
let isWanted = false;

/** Starts to send. If this page is sending already, it looks once more for new posts before it ends. */
export function run(user) {
  isWanted = true;
  running ??= sendWhileWanted(user);
}

async function sendWhileWanted(user) {
  try {
    while (isWanted) {
      isWanted = false;
      await sendUntilDone(user);
    }
  } finally {
    running = null; // at once: a call of `run` after the last look must start again
  }
}

async function sendUntilDone(user) {
  while ((await list(user, "queued")).length) {
    registerSync();
    publish({ type: "status", user, status: "sending" });
    const { pause, stopped, isOffline, message } = await sendAll(user, sendFromPage);
    if (stopped) return publish({ type: "status", user, status: stopped });
    if (!pause) continue;
    publish({ type: "status", user, status: "waiting", isOffline: isOffline || !navigator.onLine, message });
    await waitForConnection(1000 * pause);
  }
  return publish({ type: "status", user, status: "idle" });
}

/** Lets the browser wake the service worker when the connection is back, also after the page is closed. */
function registerSync() {
  navigator.serviceWorker?.ready.then((registration) => registration.sync?.register(SYNC_TAG)).catch(() => {});
}
