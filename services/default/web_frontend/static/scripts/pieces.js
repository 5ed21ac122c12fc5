// Pieces of a page that the server renders: fetched, read, put in place, announced.

/** The HTML of a path as a document; a refusal or a lost connection rejects. */
export async function fetchPage(path) {
  const answer = await fetch(path, { headers: { Accept: "text/html" }, credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
  return readPage(await answer.text());
}

export function readPage(html) {
  return new DOMParser().parseFromString(html, "text/html");
}

/** Tells who listens that photos were put into the page. */
export function announcePhotos(photos) {
  document.dispatchEvent(new CustomEvent("photos", { detail: [...photos] }));
}

export function onPhotos(act) {
  document.addEventListener("photos", (event) => act(event.detail));
}

/** Says it to a screen reader, without moving the focus. */
export function say(words) {
  const said = document.getElementById("said");
  if (said) said.textContent = words;
}

export function wait(milliseconds) {
  return new Promise((done) => setTimeout(done, milliseconds));
}

/** Waits so long, or until the browser is online again. */
export function waitForConnection(milliseconds) {
  const isBack = new Promise((done) => addEventListener("online", done, { once: true }));
  return Promise.race([wait(milliseconds), isBack]);
}

/** What a problem (RFC 9457) says to a person, with the name under which the logs know the request. */
export function sentenceOf(problem, otherwise) {
  const sentence = problem.detail || otherwise;
  return problem.request_id ? `${sentence} (request ${problem.request_id})` : sentence;
}
