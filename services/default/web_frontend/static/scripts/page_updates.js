// Shared helpers: fetch and parse pages, announce changes, wait.

/** Fetches a page as a document; rejects on an error status or a lost connection. */
export async function fetchPage(path) {
  const response = await fetch(path, { headers: { Accept: "text/html" }, credentials: "same-origin" });
  if (!response.ok) throw Object.assign(new Error(`${path}: status ${response.status}`), { status: response.status });
  return parsePage(await response.text());
}

export function parsePage(html) {
  return new DOMParser().parseFromString(html, "text/html");
}

/** Dispatches an event that photos were added to the page. */
export function announcePhotos(photos) {
  document.dispatchEvent(new CustomEvent("photos", { detail: [...photos] }));
}

export function onPhotos(handler) {
  document.addEventListener("photos", (event) => handler(event.detail));
}

/** Announces a text to screen readers without moving the focus. */
export function announce(text) {
  const region = document.getElementById("announcements");
  if (region) region.textContent = text;
}

export function wait(milliseconds) {
  return new Promise((done) => setTimeout(done, milliseconds));
}

/** Waits for a time, or until the browser is online again. */
export function waitForConnection(milliseconds) {
  const isBack = new Promise((done) => addEventListener("online", done, { once: true }));
  return Promise.race([wait(milliseconds), isBack]);
}

/** Returns the text of a problem (RFC 9457) with its request ID. */
export function problemText(problem, fallback) {
  const text = problem.message || problem.detail || fallback;
  return problem.request_id ? `${text} (request ${problem.request_id})` : text;
}

/** Returns a link to sign in and come back, for messages after the end of a session. */
export function signInLink() {
  const link = document.createElement("a");
  link.href = `/signin?next=${encodeURIComponent(location.pathname)}`;
  link.textContent = "Sign in";
  return link;
}
