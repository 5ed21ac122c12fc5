// Polls for new photos and offers them with a button, so that the page does not move while someone reads.
import { fetchPage } from "./page_updates.js";
import { cardsOf, idOf } from "./timeline/photo_list.js";
import { currentTimeline } from "./timeline/timeline.js";

const FIRST_PAUSE = 20_000; // milliseconds
const LONGEST_PAUSE = 300_000;
const WHEN_VISIBLE_AGAIN = 1 / 4;
const SLOWDOWN = 1.5;

export function offerNewPhotos() {
  const timeline = currentTimeline();
  if (!timeline?.element.dataset.newest) return;
  const watch = { timeline, offer: document.querySelector(".new-photos"), pause: FIRST_PAUSE, etag: "", timer: 0 };
  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(watch.timer) : schedule(watch, WHEN_VISIBLE_AGAIN)));
  schedule(watch);
}

function schedule(watch, factor = 1) {
  clearTimeout(watch.timer);
  if (!document.hidden) watch.timer = setTimeout(() => poll(watch), watch.pause * factor);
}

async function poll(watch) {
  const hasNew = await findNewPhotos(watch).catch(() => false);
  watch.pause = hasNew ? FIRST_PAUSE : Math.min(watch.pause * SLOWDOWN, LONGEST_PAUSE);
  schedule(watch);
}

async function findNewPhotos(watch) {
  const headers = watch.etag ? { "If-None-Match": watch.etag } : {};
  const response = await fetch(watch.timeline.element.dataset.newest, { headers, cache: "no-store" });
  if (response.status !== 200) return false;
  watch.etag = response.headers.get("ETag");
  const { ids } = await response.json();
  if (!ids.some((id) => isNew(watch.timeline, id))) return false;
  offer(watch, await newCards(watch));
  return true;
}

/** Fetches the cards in advance, so that the button shows them without delay. */
async function newCards({ timeline }) {
  const page = cardsOf(await fetchPage(location.pathname));
  const cards = page.filter((card) => isNew(timeline, idOf(card)));
  return { cards, isLastNew: cards.at(-1) === page.at(-1) };
}

/** Tells whether a photo is missing. There may be newer ones: the reader's own, which are shown as soon as they are posted. */
function isNew(timeline, id) {
  const oldest = timeline.items.at(-1);
  return !timeline.has(id) && (!oldest || id < oldest.id); // IDs sort newest first
}

function offer(watch, { cards, isLastNew }) {
  if (!cards.length) return;
  const hasGap = isLastNew && watch.timeline.items.length > 0;
  const button = document.createElement("button");
  button.className = "button";
  button.textContent = cards.length === 1 ? "1 new photo" : `${cards.length}${hasGap ? "+" : ""} new photos`;
  button.addEventListener("click", () => (hasGap ? location.assign(location.pathname) : insert(watch, cards)));
  watch.offer.replaceChildren(button);
}

function insert(watch, cards) {
  watch.offer.replaceChildren();
  watch.timeline.prepend(cards);
  scrollTo({ top: 0, behavior: "instant" });
  watch.timeline.element.querySelector(".photo a").focus({ preventScroll: true });
}
