// One upload over a bad connection: sent again under the same Idempotency-Key, so that it can never become two photos.
import { sentenceOf, waitForConnection } from "./pieces.js";

const TRIES = 6;
const FIRST_PAUSE = 1; // seconds, doubled each time
const TRY_AGAIN = new Set([0, 408, 409, 429, 500, 502, 503, 504]); // 0: the connection was lost

/** Resolves to {isPosted: true, html} or {isPosted: false, words, isUncertain}. */
export async function send(action, row, onProgress, onPause) {
  let pause = FIRST_PAUSE;
  for (let tries = 1; ; tries += 1) {
    const answer = await sendOnce(action, row, onProgress);
    if (answer.status === 201) return { isPosted: true, html: answer.text };
    const isUncertain = TRY_AGAIN.has(answer.status);
    if (!isUncertain || tries === TRIES) return { isPosted: false, words: reasonOf(answer), isUncertain };
    onPause(`trying again in ${Math.max(pause, answer.retryAfter)} s`);
    await waitForConnection(1000 * Math.max(pause, answer.retryAfter));
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

function reasonOf(answer) {
  if (answer.status === 0) return "the connection was lost. Press Post to try again.";
  try {
    return sentenceOf(JSON.parse(answer.text), "this photo was refused.");
  } catch {
    return "this photo could not be posted. Press Post to try again.";
  }
}
