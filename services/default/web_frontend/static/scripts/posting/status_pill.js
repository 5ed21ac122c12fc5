// The status of uploads on every page: progress, photos that wait, failures with retry, and photos that are only chosen.
import { announce } from "../page_updates.js";
import { subscribe } from "./events.js";
import { change, fileOf, list, remove } from "./post_store.js";
import { showPreview } from "./previews.js";

const SHOWN_WHEN_DONE = 8000; // milliseconds

/** `actions` are {run, edit}. */
export function showStatusPill(user, actions) {
  const pill = document.getElementById("uploads");
  if (!pill) return;
  const view = { pill, user, actions, status: "idle", message: "", shares: new Map(), posted: 0, postedBytes: 0, rows: new Map() };
  subscribe(user, (event) => handle(view, event));
  pill.querySelector("[data-retry-all]").addEventListener("click", () => retryAll(view));
  pill.querySelector("[data-hide]").addEventListener("click", () => { pill.hidden = true; view.posted = 0; });
  update(view);
}

function handle(view, event) {
  if (event.type === "progress") view.shares.set(event.key, event.share);
  if (event.type === "status") Object.assign(view, { status: event.status, isOffline: event.isOffline, message: event.message ?? "" });
  if (event.type === "posted") count(view, event);
  if (event.type !== "status" || event.status !== "sending") update(view);
}

function count(view, { size }) {
  view.posted += 1;
  view.postedBytes += size;
}

async function update(view) {
  const posts = await list(view.user);
  const [queued, failed, chosen] = ["queued", "failed", "draft"].map((state) => posts.filter((post) => post.state === state));
  const drafts = isFormOpen() ? [] : chosen;
  showProgress(view, queued);
  showText(view, textOf(view, queued, failed, drafts));
  view.pill.querySelector("[data-sign-in]").hidden = view.status !== "signed-out" || !queued.length;
  view.pill.querySelector("[data-retry-all]").hidden = !(failed.length || (view.status === "waiting" && queued.length));
  view.pill.querySelector("[data-continue]").hidden = queued.length + failed.length > 0 || !drafts.length;
  view.pill.querySelector("[data-view]").hidden = queued.length + failed.length > 0 || !view.posted;
  view.pill.querySelector("[data-hide]").hidden = queued.length > 0 && view.status === "sending";
  view.pill.classList.toggle("wrong", failed.length > 0);
  await showRows(view, [...failed, ...queued]);
  if (!queued.length && !failed.length) finish(view, drafts);
}

/** The page of the form shows the chosen photos itself. */
function isFormOpen() {
  return document.querySelector("main form[data-upload]") !== null;
}

function showProgress(view, queued) {
  const progress = view.pill.querySelector("progress");
  const sent = queued.reduce((sum, post) => sum + post.size * (view.shares.get(post.key) ?? 0), view.postedBytes);
  const total = queued.reduce((sum, post) => sum + post.size, view.postedBytes);
  progress.hidden = !queued.length;
  progress.max = total || 1;
  progress.value = sent;
}

function textOf(view, queued, failed, drafts) {
  const parts = [];
  if (queued.length) parts.push(textOfQueue(view, queued));
  if (failed.length) parts.push(`${photos(failed.length)} could not be posted.`);
  if (!parts.length && view.posted) parts.push(`${photos(view.posted)} posted.`);
  if (!parts.length && drafts.length) parts.push(`${photos(drafts.length)} chosen, not posted yet.`);
  return parts.join(" ");
}

function textOfQueue(view, queued) {
  const waiting = `${photos(queued.length)} ${queued.length === 1 ? "waits" : "wait"}`;
  if (view.status === "signed-out") return `Your session has ended. ${waiting} in this browser.`;
  if (view.status === "other-account") return `${waiting} for ${view.user} to sign in.`;
  if (view.status === "waiting" && view.isOffline) return `${waiting} for a connection.`;
  if (view.status === "waiting") return `${waiting}. ${view.message || "The site does not respond. Trying again soon."}`;
  const total = queued.length + view.posted;
  return total === 1 ? "Posting 1 photo …" : `Posting ${view.posted + 1} of ${total} photos …`;
}

function photos(count) {
  return count === 1 ? "1 photo" : `${count} photos`;
}

function showText(view, text) {
  const line = view.pill.querySelector(".uploads-text");
  view.pill.hidden = !text;
  if (line.textContent === text) return;
  line.textContent = text;
  if (view.status !== "sending") announce(text);
}

async function showRows(view, posts) {
  const keys = new Set(posts.map((post) => post.key));
  for (const [key, row] of view.rows) {
    if (keys.has(key)) continue;
    view.rows.delete(key);
    row.remove();
  }
  for (const post of posts) showRow(view, post);
  view.pill.querySelector("details").hidden = !posts.length;
}

function showRow(view, post) {
  const row = view.rows.get(post.key) ?? newRow(view, post);
  const share = view.shares.get(post.key);
  const isFailed = post.state === "failed";
  const text = isFailed ? post.message : share > 0 && share < 1 ? `${Math.round(share * 100)} %` : "waits";
  const message = row.querySelector(".message");
  if (message.textContent !== text) message.textContent = text;
  message.classList.toggle("wrong", isFailed);
  row.querySelectorAll("[data-if-failed]").forEach((button) => { button.hidden = !isFailed; });
}

function newRow(view, post) {
  const row = document.getElementById("upload-row").content.firstElementChild.cloneNode(true);
  view.rows.set(post.key, row);
  row.querySelector(".upload-name").textContent = post.caption || post.name;
  row.querySelector("[data-retry]").addEventListener("click", () => retry(view, [post]));
  row.querySelector("[data-edit]").addEventListener("click", () => view.actions.edit(post.key));
  row.querySelector("[data-remove]").addEventListener("click", () => remove(post.key));
  view.pill.querySelector("ul").append(row);
  fileOf(post.key).then((file) => file && showPreview(row.querySelector("img"), file)).catch(() => {});
  return row;
}

async function retryAll(view) {
  await retry(view, await list(view.user, "failed"));
}

async function retry(view, posts) {
  for (const post of posts) await change(post.key, { state: "queued", attempts: 0 });
  view.shares.clear();
  dispatchEvent(new Event("online")); // ends a pause between two attempts
  view.actions.run();
}

/** Hides the pill some time after the last photo was posted. */
function finish(view, drafts) {
  view.shares.clear();
  if (!view.posted) return;
  const { posted } = view;
  setTimeout(async () => {
    if (view.posted !== posted || (await list(view.user, "queued", "failed")).length) return;
    Object.assign(view, { posted: 0, postedBytes: 0 });
    if (!drafts.length) view.pill.hidden = true;
    else update(view);
  }, SHOWN_WHEN_DONE);
}
