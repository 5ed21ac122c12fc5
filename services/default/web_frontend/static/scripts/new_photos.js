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
  if (!ids.length || watch.timeline.has(ids[0])) return false;
  offer(watch, await newCards(watch));
  return true;
}

/** Fetches the cards in advance, so that the button shows them without delay. */
async function newCards({ timeline }) {
  const cards = cardsOf(await fetchPage(location.pathname));
  const known = cards.findIndex((card) => timeline.has(idOf(card)));
  return { cards: known < 0 ? cards : cards.slice(0, known), isWholePage: known < 0 };
}

function offer(watch, { cards, isWholePage }) {
  if (!cards.length) return;
  const hasGap = isWholePage && watch.timeline.items.length > 0;
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
