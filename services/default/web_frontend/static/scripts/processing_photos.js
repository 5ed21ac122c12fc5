// Polls the cards of photos that are being processed, and replaces each when it is ready.
import { announcePhotos, fetchPage, onPhotos, wait } from "./page_updates.js";

const FIRST_WAIT = 700; // milliseconds; small photos are ready in well under a second
const LONGEST_WAIT = 8000;
const LONGEST_DECODE = 3000;
const TRIES = 30; // about three minutes; after that a reload shows it

export function pollProcessingPhotos() {
  watchAll([document]);
  onPhotos(watchAll);
}

function watchAll(roots) {
  for (const root of roots) {
    if (root.dataset?.processing) watch(root);
    root.querySelectorAll?.("[data-processing]").forEach(watch);
  }
}

async function watch(waiting) {
  let pause = FIRST_WAIT;
  for (let tries = 0; tries < TRIES; tries += 1) {
    await wait(pause);
    pause = Math.min(pause * 1.4, LONGEST_WAIT);
    if (document.hidden || !waiting.isConnected) continue; // a card far from the window comes back when it is near
    const card = await cardOf(waiting).catch(() => null);
    if (card && !card.dataset.processing) return replace(waiting, await loaded(card));
  }
}

async function cardOf(waiting) {
  const page = await fetchPage(waiting.dataset.processing);
  return page.querySelector(".photo");
}

/** Loads the image before its card is shown, so that it covers the preview at once. */
async function loaded(card) {
  const adopted = document.adoptNode(card);
  const image = adopted.querySelector("img");
  if (image) image.loading = "eager";
  await Promise.race([image?.decode().catch(() => {}), wait(LONGEST_DECODE)]);
  return adopted;
}

function replace(waiting, card) {
  if (!waiting.classList.contains("photo")) return location.reload();
  const hadFocus = waiting.contains(document.activeElement);
  waiting.replaceWith(card);
  if (hadFocus) card.querySelector("a").focus();
  announcePhotos([card]);
}
