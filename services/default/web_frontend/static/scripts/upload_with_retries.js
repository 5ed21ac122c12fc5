// Uploads a photo with retries; they have the same Idempotency-Key, so no photo is posted twice.
import { problemText, waitForConnection } from "./page_updates.js";

const TRIES = 6;
const FIRST_PAUSE = 1; // seconds, doubled each time
const RETRIED = new Set([0, 408, 409, 429, 500, 502, 503, 504]); // 0: the connection was lost

/** Resolves to {isPosted: true, html} or {isPosted: false, error, isUncertain}. */
export async function upload(action, row, onProgress, onPause) {
  let pause = FIRST_PAUSE;
  for (let tries = 1; ; tries += 1) {
    const response = await sendOnce(action, row, onProgress);
    if (response.status === 201) return { isPosted: true, html: response.text };
    const isUncertain = RETRIED.has(response.status);
    if (!isUncertain || tries === TRIES) return { isPosted: false, error: errorOf(response), isUncertain };
    onPause(`retrying in ${Math.max(pause, response.retryAfter)} s`);
    await waitForConnection(1000 * Math.max(pause, response.retryAfter));
    pause *= 2;
  }
}

function sendOnce(action, row, onProgress) {
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onloadend = () => done({
      status: request.status,
      text: request.responseText,
      retryAfter: Number(request.getResponseHeader("Retry-After")) || 0,
    });
    request.open("POST", action);
    request.setRequestHeader("Accept", "application/problem+json, text/html;q=0.1");
    request.setRequestHeader("Idempotency-Key", row.key);
    request.send(bodyOf(row));
  });
}

function bodyOf(row) {
  const body = new FormData();
  body.append("answer", "card");
  body.append("caption", row.querySelector("input").value);
  body.append("image", row.file, row.file.name);
  return body;
}

function errorOf(response) {
  if (response.status === 0) return "The connection was lost. Select Post to try again.";
  try {
    return problemText(JSON.parse(response.text), "This photo could not be posted.");
  } catch {
    return "This photo could not be posted. Select Post to try again.";
  }
}
