// The last pages: the network first, and the saved copy without a connection. They belong to one account.
import { setAccount } from "../scripts/posting/post_store.js";

const CACHE = "pages";
const PRIVATE_CACHES = [CACHE, "images"];
const OFFLINE_PAGE = "/offline";
const MOST = 30;
const IS_SAVED = /^\/($|post\/$|user\/[^/]+\/$|photo\/[^/]+\/$)/;
const BEGINS_OR_ENDS_A_SESSION = /^\/(signin\/done|signout(\/everywhere)?|settings\/delete)$/;

export function isEndOfSession(path) {
  return BEGINS_OR_ENDS_A_SESSION.test(path);
}

export async function openPage(event) {
  const url = new URL(event.request.url);
  try {
    if (isEndOfSession(url.pathname)) await forgetAccount();
    const response = (await event.preloadResponse) ?? (await fetch(event.request));
    if (isEndOfSession(url.pathname)) await forgetPrivateCopies();
    else if (!url.search) event.waitUntil(save(url.pathname, response.clone()));
    return response;
  } catch {
    return (await savedPage(url.pathname)) ?? (await offlinePage()) ?? Response.error();
  }
}

export async function savePage(path, { isOnlyIfMissing = false } = {}) {
  const cache = await caches.open(CACHE);
  if (!IS_SAVED.test(path) || (isOnlyIfMissing && (await cache.match(path)))) return;
  const response = await fetch(path, { headers: { Accept: "text/html" } }).catch(() => null);
  if (response && !response.redirected) await save(path, response);
}

export async function saveOfflinePage() {
  const response = await fetch(OFFLINE_PAGE, { credentials: "omit", headers: { Accept: "text/html" } });
  if (!response.ok) throw new Error(`${OFFLINE_PAGE}: status ${response.status}`); // the browser installs it again later
  await (await caches.open("offline")).put(OFFLINE_PAGE, response);
}

/** Nobody's posts are sent until the next page names its account. A damaged database keeps nobody from signing in or out. */
export async function forgetAccount() {
  await setAccount("").catch((error) => console.warn("The account of this browser could not be changed.", error));
}

/** Deletes what was saved for an account, when it signs out or another one signs in. */
export async function forgetPrivateCopies() {
  await Promise.all(PRIVATE_CACHES.map((name) => caches.delete(name)));
}

async function save(path, response) {
  const isPage = response.status === 200 && response.headers.get("Content-Type")?.startsWith("text/html");
  if (!isPage || !IS_SAVED.test(path) || response.headers.get("Cache-Control")?.includes("no-store")) return;
  const headers = new Headers(response.headers);
  headers.set("X-Saved", new Date().toISOString());
  const cache = await caches.open(CACHE);
  await cache.delete(path); // so that the keys are in the order of the visits
  await cache.put(path, new Response(await response.text(), { headers }));
  const keys = await cache.keys();
  await Promise.all(keys.slice(0, Math.max(0, keys.length - MOST)).map((key) => cache.delete(key)));
}

/** The page tells its reader that it is a copy, see scripts/offline.js. */
async function savedPage(path) {
  const copy = await (await caches.open(CACHE)).match(path);
  if (!copy) return null;
  const text = (await copy.text()).replace("<html", `<html data-saved="${copy.headers.get("X-Saved")}"`);
  return new Response(text, { headers: copy.headers });
}

async function offlinePage() {
  return (await caches.open("offline")).match(OFFLINE_PAGE);
}
