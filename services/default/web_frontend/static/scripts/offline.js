// Installs the service worker, and tells when a page is a saved copy.
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

export function enableOffline() {
  showThatPageIsSaved();
  if (!("serviceWorker" in navigator)) return;
  if (document.readyState === "complete") install();
  else addEventListener("load", () => install(), { once: true });
}

async function install() {
  try {
    await navigator.serviceWorker.register("/service-worker.js", { type: "module", updateViaCache: "none" });
    const registration = await navigator.serviceWorker.ready;
    const isFirstVisit = performance.getEntriesByType("navigation")[0]?.workerStart === 0;
    const account = document.querySelector("[data-account]")?.dataset.account ?? "";
    registration.active.postMessage({ type: "visited", path: location.pathname, account, isFirstVisit, images: isFirstVisit ? shownImages() : [] });
  } catch (error) {
    console.warn("Pages cannot be read offline.", error); // an old browser, or a private window
  }
}

/** The images that were loaded before the service worker: they come from the browser's cache. */
function shownImages() {
  const loaded = performance.getEntriesByType("resource").map(({ name }) => new URL(name));
  return loaded.filter(({ origin, pathname }) => origin === location.origin && pathname.startsWith("/image/")).map(({ pathname }) => pathname);
}

function showThatPageIsSaved() {
  const { saved } = document.documentElement.dataset;
  if (!saved) return;
  const notice = document.createElement("p");
  notice.className = "notice";
  notice.role = "status";
  notice.textContent = `You are offline. This is the page as it was on ${exact.format(new Date(saved))}.`;
  document.querySelector("main").prepend(notice);
  addEventListener("online", () => location.reload(), { once: true });
}
