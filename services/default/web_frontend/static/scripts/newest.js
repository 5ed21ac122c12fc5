// New photos are announced and wait for a press: nothing moves under the reader's thumb.
import { announcePhotos, fetchPage } from "./pieces.js";

const FIRST_PAUSE = 20_000; // milliseconds
const LONGEST_PAUSE = 300_000;
const FASTER = 1 / 4;
const SLOWER = 1.5;

export function announceNewest() {
  const photos = document.querySelector(".photos[data-newest]");
  if (!photos) return;
  const watch = { photos, offer: document.querySelector(".fresh"), pause: FIRST_PAUSE, etag: "", timer: 0 };
  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(watch.timer) : lookSoon(watch, FASTER)));
  lookSoon(watch);
}

function lookSoon(watch, part = 1) {
  clearTimeout(watch.timer);
  if (!document.hidden) watch.timer = setTimeout(() => look(watch), watch.pause * part);
}

async function look(watch) {
  const hasNews = await askForNews(watch).catch(() => false);
  watch.pause = hasNews ? FIRST_PAUSE : Math.min(watch.pause * SLOWER, LONGEST_PAUSE);
  lookSoon(watch);
}

async function askForNews(watch) {
  const headers = watch.etag ? { "If-None-Match": watch.etag } : {};
  const answer = await fetch(watch.photos.dataset.newest, { headers, cache: "no-store" });
  if (answer.status !== 200) return false;
  watch.etag = answer.headers.get("ETag");
  const { ids } = await answer.json();
  if (!ids.length || isKnown(`photo-${ids[0]}`)) return false;
  offer(watch, await cardsBeforeTheKnown());
  return true;
}

/** The cards are fetched before they are asked for, so that the press can show them within its own frame. */
async function cardsBeforeTheKnown() {
  const page = await fetchPage(location.pathname);
  const cards = [...page.querySelectorAll(".photos > .photo")];
  const known = cards.findIndex((card) => isKnown(card.id));
  return { cards: known < 0 ? cards : cards.slice(0, known), isWholePage: known < 0 };
}

function isKnown(id) {
  return document.getElementById(id) !== null;
}

function offer(watch, { cards, isWholePage }) {
  if (!cards.length) return;
  const hasGap = isWholePage && watch.photos.childElementCount > 0;
  const button = document.createElement("button");
  button.className = "button";
  button.textContent = cards.length === 1 ? "1 new photo" : `${cards.length}${hasGap ? "+" : ""} new photos`;
  button.addEventListener("click", () => (hasGap ? location.assign(location.pathname) : bringIn(watch, cards)));
  watch.offer.replaceChildren(button);
}

function bringIn(watch, cards) {
  const fresh = cards.filter((card) => !isKnown(card.id));
  watch.offer.replaceChildren();
  watch.photos.hidden = false;
  document.querySelector(".empty")?.remove();
  watch.photos.prepend(...fresh);
  scrollTo({ top: 0, behavior: "instant" });
  watch.photos.querySelector("a").focus({ preventScroll: true });
  announcePhotos(fresh);
}
