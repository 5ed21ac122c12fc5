// Photos that are being posted, in the grid: the browser's own preview with its progress, which becomes the photo.
import { announcePhotos, parsePage } from "../page_updates.js";
import { idOf } from "../timeline/photo_list.js";
import { currentTimeline } from "../timeline/timeline.js";
import { subscribe } from "./events.js";
import { fileOf, list, postedSince } from "./post_store.js";
import { showPreview } from "./previews.js";

const STEP = 5; // percent: photos.css has one class per step of the aspect ratio
const NARROWEST = 50;
const WIDEST = 300;

export function showPendingCards(user) {
  const grid = document.querySelector(".photos[data-accepts-new]");
  if (!grid) return;
  const cards = new Map();
  const view = { grid, user, cards, refreshing: Promise.resolve() };
  const refreshSoon = () => { view.refreshing = view.refreshing.then(() => refresh(view)); };
  subscribe(user, (event) => {
    if (event.type === "changed") refreshSoon();
    if (event.type === "progress") showProgress(cards.get(event.key), event.share);
    if (event.type === "posted") view.refreshing = view.refreshing.then(() => becomePhoto(view, event));
  });
  refreshSoon();
  postedSince(user, performance.timeOrigin).then((posted) => posted.forEach((each) => becomePhoto(view, each))).catch(() => {});
}

async function refresh(view) {
  const posts = await list(view.user, "queued", "failed");
  for (const post of posts) if (!view.cards.has(post.key)) await insert(view, post);
  for (const post of posts) showState(view.cards.get(post.key), post);
  const keys = new Set(posts.map((post) => post.key));
  for (const [key, card] of view.cards) if (!keys.has(key)) removeCard(view, key, card);
}

function removeCard(view, key, card) {
  view.cards.delete(key);
  card.remove();
}

async function insert(view, post) {
  const file = await fileOf(post.key).catch(() => null);
  if (!file) return;
  const card = document.importNode(document.getElementById("pending-card").content.firstElementChild, true);
  const image = card.querySelector("img");
  view.cards.set(post.key, card);
  image.alt = post.caption || post.name;
  const ratio = await showPreview(image, file);
  card.querySelector(".caption").textContent = post.caption || (ratio ? "" : post.name);
  card.classList.add(ratioClass(ratio));
  view.grid.hidden = false;
  document.querySelector(".empty")?.remove();
  view.grid.prepend(card);
}

function ratioClass(ratio) {
  const percent = STEP * Math.round((100 / STEP) * (ratio || 1));
  return `r${Math.min(Math.max(percent, NARROWEST), WIDEST)}`;
}

function showProgress(card, share) {
  if (!card) return;
  card.querySelector("progress").value = share;
  card.querySelector(".upload-text").textContent = share < 1 ? `${Math.round(share * 100)} %` : "Posting";
}

function showState(card, post) {
  if (!card) return;
  const isFailed = post.state === "failed";
  card.classList.toggle("failed", isFailed);
  card.querySelector("progress").hidden = isFailed;
  if (isFailed) card.querySelector(".upload-text").textContent = post.message;
  else if (!card.querySelector(".upload-text").textContent) card.querySelector(".upload-text").textContent = "Waiting";
}

/** Replaces the pending card by that of the photo, which keeps the preview until the server has made its own. */
function becomePhoto(view, { key, html }) {
  const pending = view.cards.get(key);
  const found = parsePage(html).querySelector(".photo");
  view.cards.delete(key);
  if (!found || document.getElementById(found.id) || currentTimeline()?.has(idOf(found))) return pending?.remove();
  const card = document.adoptNode(found); // first, because a preview that moves to another document is loaded again
  const preview = pending?.querySelector("img:not([hidden])");
  if (preview && card.dataset.processing) keepPreview(card, preview);
  if (pending) pending.replaceWith(card);
  else view.grid.prepend(card);
  view.grid.hidden = false;
  return announcePhotos([card]);
}

function keepPreview(card, preview) {
  const state = card.querySelector(".picture .state");
  state?.classList.add("over-preview");
  card.querySelector(".picture").insertBefore(preview, state);
}
