// Signing out while photos are not posted yet: asks whether they stay in this browser, and deletes private copies of pages.
import { account, list, removeAll, setAccount } from "./post_store.js";

const PRIVATE_CACHES = ["pages", "images"];

export function guardSignOut(user) {
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!/^\/signout(\/everywhere)?$/.test(new URL(form.action).pathname) || form.dataset.isDecided) return;
    event.preventDefault();
    const unsent = await list(user, "queued", "failed").catch(() => []);
    const answer = unsent.length ? await ask(unsent.length) : "keep";
    if (answer === "cancel") return;
    await removeAll(user, "draft");
    if (answer === "delete") await removeAll(user);
    form.dataset.isDecided = "yes";
    form.submit();
  });
}

function ask(count) {
  const dialog = document.getElementById("unsent");
  dialog.querySelector("[data-count]").textContent = count === 1 ? "1 photo is" : `${count} photos are`;
  dialog.returnValue = "cancel";
  dialog.showModal();
  return new Promise((done) => dialog.addEventListener("close", () => done(dialog.returnValue), { once: true }));
}

/** Deletes saved pages when the account of this browser has changed without a sign-out, for example in another window. */
export async function noteAccount(user) {
  const before = await account();
  if (before === user) return;
  await setAccount(user);
  if (!before) return;
  await Promise.all(PRIVATE_CACHES.map((name) => globalThis.caches?.delete(name)));
  const visit = { type: "visited", path: location.pathname, account: user, isFirstVisit: true, images: [] };
  navigator.serviceWorker?.controller?.postMessage(visit);
}
