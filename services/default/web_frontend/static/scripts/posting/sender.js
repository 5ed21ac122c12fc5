// Sends the queued posts of one user, one after the other, in the order in which they were chosen.
//
// Pages and the service worker share a lock, so that only one of them sends. Even if two sent the same post, the
// server would create one photo, because all attempts have the same Idempotency-Key.
import { change, fileOf, list, rememberPosted, remove } from "./post_store.js";
import { publish } from "./events.js";
import { sendParts } from "./transports.js";

const FIRST_PAUSE = 1; // seconds, doubled after each attempt
const LONGEST_PAUSE = 60;
const MOST_FAILURES = 6; // attempts that reach the server; then the next photo is sent first
const KEY_IS_SURE_FOR = 20 * 60 * 60 * 1000; // the server remembers keys for 24 hours
const NEXT_ATTEMPT = new Set([0, 408, 409, 425, 429, 500, 502, 503, 504]);
const GONE = new Set([404, 410]);
const UNREADABLE = "The browser cannot read this photo any more. Remove it, and choose it again.";

/** Resolves to {pause} in seconds until the next attempt, {stopped} with the reason, or {} when nothing is left. */
export function sendAll(user, send, { ifAvailable = false } = {}) {
  const work = () => sendInOrder(user, send);
  if (!navigator.locks) return work();
  return navigator.locks.request(`posting ${user}`, { ifAvailable }, (lock) => (lock ? work() : {}));
}

async function sendInOrder(user, send) {
  for (let [post] = await list(user, "queued"); post; [post] = await list(user, "queued")) {
    const outcome = await sendOne(post, send);
    if (outcome.pause || outcome.stopped) return outcome;
  }
  return {};
}

async function sendOne(post, send) {
  const file = await fileOf(post.key).catch(() => null);
  if (file === null) return fail(post, { message: UNREADABLE });
  if (!file) return remove(post.key).then(() => ({}));
  const sent = await change(post.key, { firstSent: post.firstSent ?? Date.now() });
  if (!sent) return {};
  const onProgress = (share) => publish({ type: "progress", user: post.user, key: post.key, share });
  onProgress(0);
  const response = file.size > post.formBytes ? await sendLarge(sent, file, send, onProgress) : await sendForm(sent, file, send, onProgress);
  return settle(sent, response);
}

function sendForm(post, file, send, onProgress) {
  return send(`/post/${post.user}/`, form(post, { image: file }), onProgress);
}

/** Begins an upload once and continues it after an interruption, also in another page. */
async function sendLarge(post, file, send, onProgress) {
  let upload = post.upload;
  if (!upload) {
    const round = post.round ?? 0;
    const fields = { content_type: post.type, size: String(file.size) };
    const began = await send(`/post/${post.user}/uploads`, form(post, fields, `${post.key}-upload-${round}`), () => {});
    if (began.status !== 201) return began;
    upload = JSON.parse(began.text);
    await change(post.key, { upload });
  }
  const status = await sendParts(upload.url, file, post.type, (share) => onProgress(share * 0.99));
  if (status !== 200 && !GONE.has(status)) return { status: NEXT_ATTEMPT.has(status) ? status : 503, text: "", retryAfter: 0 };
  const response = await send(`/post/${post.user}/`, form(post, { upload_id: upload.id }), () => {});
  if (!GONE.has(response.status)) return response;
  await change(post.key, { upload: undefined, round: (post.round ?? 0) + 1 }); // it has expired: start again
  return { status: 503, text: "", retryAfter: 0 };
}

/** After a day the server has forgotten the key, so it compares the bytes with those of earlier photos. */
function form(post, fields, key = post.key) {
  const body = new FormData();
  body.append("answer", "card");
  body.append("caption", post.caption);
  if (Date.now() - post.firstSent > KEY_IS_SURE_FOR) body.append("dedupe", "true");
  for (const [name, value] of Object.entries(fields)) {
    if (value instanceof Blob) body.append(name, value, post.name);
    else body.append(name, value);
  }
  return { headers: { Accept: "application/problem+json, text/html;q=0.1", "Idempotency-Key": key }, body };
}

async function settle(post, response) {
  if (response.status === 200 || response.status === 201) {
    await remove(post.key, { isQuiet: true });
    const posted = { user: post.user, key: post.key, size: post.size, html: response.text, at: Date.now() };
    await rememberPosted(posted).catch(() => {});
    publish({ type: "posted", ...posted });
    publish({ type: "changed", user: post.user });
    return {};
  }
  if (response.status === 401 || response.status === 403) return { stopped: response.status === 401 ? "signed-out" : "other-account" };
  const problem = problemOf(response.text);
  const failures = (post.failures ?? 0) + (response.status >= 500 ? 1 : 0);
  if (!NEXT_ATTEMPT.has(response.status) || failures >= MOST_FAILURES) {
    return fail(post, problem);
  }
  await change(post.key, { failures });
  const pause = Math.min(FIRST_PAUSE * 2 ** Math.min(post.attempts ?? 0, 10), LONGEST_PAUSE);
  await change(post.key, { attempts: (post.attempts ?? 0) + 1 });
  return { pause: Math.max(pause, response.retryAfter), isOffline: response.status === 0, message: problem.message ?? "" };
}

async function fail(post, problem) {
  await change(post.key, { state: "failed", message: messageOf(problem), code: problem.code ?? "", failures: 0 });
  return {};
}

function problemOf(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

function messageOf(problem) {
  const text = problem.message || problem.detail || "This photo could not be posted. Try again.";
  return problem.request_id && problem.status >= 500 ? `${text} (request ${problem.request_id})` : text;
}
