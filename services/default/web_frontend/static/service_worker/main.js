// The service worker: keeps the last pages and their photos readable offline, receives shared photos, sends queued posts.
import { account, list } from "../scripts/posting/post_store.js";
import { sendAll } from "../scripts/posting/sender.js";
import { sendFromWorker } from "../scripts/posting/transports.js";
import { isImage, openImage, saveImages } from "./images.js";
import { forgetAccount, forgetPrivateCopies, isEndOfSession, openPage, savePage, saveOfflinePage } from "./pages.js";
import { receiveShare } from "./shares.js";
import { deleteOldFiles, openStaticFile, saveStaticFiles } from "./static_files.js";

self.addEventListener("install", (event) => {
  event.waitUntil(Promise.all([saveStaticFiles(self.STATIC_FILES), saveOfflinePage(), self.skipWaiting()]));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(Promise.all([deleteOldFiles(), self.registration.navigationPreload?.enable(), self.clients.claim()]));
});

self.addEventListener("fetch", (event) => {
  const answer = answerOf(event, new URL(event.request.url));
  if (answer) event.respondWith(answer);
});

self.addEventListener("message", (event) => {
  if (event.data?.type === "visited") event.waitUntil(saveFirstVisit(event.data));
});

self.addEventListener("sync", (event) => {
  if (event.tag === "send-posts") event.waitUntil(sendQueue());
});

/** Returns a promise of the response, or null to leave the request to the browser. */
function answerOf(event, { origin, pathname }) {
  const { request } = event;
  if (origin !== self.location.origin) return null;
  if (request.method === "POST") {
    if (pathname === "/share/") return receiveShare(request);
    return request.mode === "navigate" && isEndOfSession(pathname) ? endSession(request) : null;
  }
  if (request.method !== "GET") return null;
  if (pathname.startsWith("/static/")) return openStaticFile(request, pathname);
  if (isImage(pathname)) return openImage(request, pathname);
  return request.mode === "navigate" ? openPage(event) : null;
}

async function endSession(request) {
  const response = await fetch(request);
  await forgetAccount();
  await forgetPrivateCopies();
  return response;
}

/** Saves the page that was open before there was a service worker, and the form of a signed-in visitor. */
async function saveFirstVisit({ path, account: user, isFirstVisit, images }) {
  if (isFirstVisit) await Promise.all([savePage(path), saveImages(images)]);
  if (user) await savePage("/post/", { isOnlyIfMissing: true });
}

/** Sends the posts of the account that is signed in, unless a visible page does. A rejection makes the browser try again later. */
async function sendQueue() {
  const user = await account();
  if (!user) return;
  const pages = await self.clients.matchAll({ type: "window" });
  const isPageSending = pages.some((page) => page.visibilityState === "visible");
  if (!isPageSending) await sendAll(user, sendFromWorker, { ifAvailable: true });
  if ((await list(user, "queued")).length) throw new Error("Some posts are not sent yet.");
}
