// The timeline: continuous scrolling through any number of photos. Only the photos near the reader have elements.
import { announce, announcePhotos, onPhotos, waitForConnection } from "../page_updates.js";
import { loadFirstViewOnly } from "./first_view.js";
import { PhotoList, cardsOf, idOf, nextOf } from "./photo_list.js";
import { restorePosition, savePosition } from "./position.js";
import { measure, rowsOf } from "./rows.js";

const ROWS_PER_BLOCK = 6;
const MARGIN = 1.5; // windows above and below the visible one that have elements
const AHEAD = 3; // windows below the visible one that are loaded
const RETRIES_AFTER = 2000; // milliseconds

let current = null;

/** Returns the timeline of this page, or null. */
export function currentTimeline() {
  return current;
}

export function startTimeline() {
  const element = document.querySelector(".timeline");
  if (!element) return;
  rememberTimezone();
  current = new Timeline(element);
  current.start();
}

/** The server begins days in this time zone from the next page on. */
function rememberTimezone() {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  document.cookie = `timezone=${timeZone}; path=/; max-age=31536000; samesite=lax`;
}

class Timeline {
  constructor(element) {
    this.element = element;
    this.more = document.getElementById("photos-end");
    this.list = new PhotoList(element, nextOf(document, element.dataset.path));
    this.blocks = []; // {from, to, rows, height, top, element}
    this.loading = null; // a promise while more photos are being loaded
    this.hasFailed = Boolean(navigator.connection?.saveData); // then only the link loads more
  }

  start() {
    const first = this.element.querySelector(".photos");
    this.list.append(cardsOf(document), 0);
    this.lengths = measure(this.element);
    this.layOut(0, [first]);
    loadFirstViewOnly(this.element);
    restorePosition(this);
    addEventListener("scroll", () => this.update(), { passive: true });
    addEventListener("pagehide", () => savePosition(this));
    new ResizeObserver(() => this.resize()).observe(this.element);
    this.more.addEventListener("click", (event) => this.loadOnClick(event));
    onPhotos((cards) => this.replaceCards(cards));
    this.update();
  }

  get items() {
    return this.list.items;
  }

  /** Lays out the photos from an index on, in blocks of rows. A last row that can still grow is not shown yet. */
  layOut(start, reused = []) {
    const kept = this.blocks.filter((block) => block.to <= start);
    const from = kept.at(-1)?.to ?? 0;
    const replaced = this.blocks.slice(kept.length).map((block) => block.element);
    const elements = [...replaced, ...reused];
    this.blocks = kept;
    const rows = rowsOf(this.items, from, this.lengths);
    if (rows.length && !rows.at(-1).isFull && this.list.next && !this.hasFailed) rows.pop();
    for (let index = 0; index < rows.length; index += ROWS_PER_BLOCK) {
      this.addBlock(rows.slice(index, index + ROWS_PER_BLOCK), elements.shift());
    }
    elements.forEach((element) => element.remove());
    this.element.hidden = this.items.length === 0;
    document.body.classList.toggle("has-more", Boolean(this.list.next) && !this.hasFailed);
  }

  addBlock(rows, reused) {
    const last = this.blocks.at(-1);
    const { down } = this.lengths;
    const element = reused ?? document.createElement("ol");
    element.className = "photos laid-out";
    element.classList.toggle("open", !rows.at(-1).isFull);
    const height = rows.reduce((sum, row) => sum + row.height + down, 0);
    const block = { from: rows[0].from, to: rows.at(-1).to, rows, height, top: last ? last.top + last.height : 0, element };
    if (last ? last.element.nextElementSibling !== element : this.element.firstElementChild !== element) {
      if (last) last.element.after(element);
      else this.element.prepend(element);
    }
    this.blocks.push(block);
    this.empty(block);
  }

  /** Removes the elements of a block, which keeps its height. */
  empty(block) {
    block.isShown = false;
    block.element.style.height = `${block.height - this.lengths.down}px`;
  }

  /** Shows the blocks near the reader, empties the others, and loads more photos when the end is near. */
  update() {
    const top = -this.element.getBoundingClientRect().top;
    const [first, last] = [top - MARGIN * innerHeight, top + (1 + MARGIN) * innerHeight];
    for (const block of this.blocks) {
      const isNear = block.top < last && block.top + block.height > first;
      if (isNear && !block.isShown) this.show(block);
      else if (!isNear && block.element.firstChild && !block.element.contains(document.activeElement)) {
        block.element.replaceChildren();
        this.empty(block);
      }
    }
    this.list.forgetCards();
    this.element.dispatchEvent(new CustomEvent("scrolled", { detail: this.visibleItem() }));
    if (top + (1 + AHEAD) * innerHeight > this.height && !this.hasFailed) this.loadMore();
  }

  get height() {
    const last = this.blocks.at(-1);
    return last ? last.top + last.height : 0;
  }

  show(block) {
    const items = this.items.slice(block.from, block.to);
    const cards = items.map((item) => this.list.card(item));
    if (cards.includes(null)) return this.reload(block, items);
    block.isShown = true;
    setChildren(block.element, cards);
    block.element.style.height = "";
    const isNew = cards.filter((card) => !card.dataset.isShown);
    isNew.forEach((card) => { card.dataset.isShown = "true"; });
    announcePhotos(isNew);
  }

  /** Loads the cards of a block again; repeated until it succeeds or the reader is elsewhere. */
  async reload(block, items) {
    if (block.isReloading) return;
    block.isReloading = true;
    const hasRemoved = await this.list.reload(items).catch(() => waitForConnection(RETRIES_AFTER).then(() => false));
    block.isReloading = false;
    if (hasRemoved) this.keepPlace(() => this.layOut(0));
    this.update();
  }

  /** Returns the first photo that was loaded by this call; null if there is none, or if an earlier call loads them. */
  async loadMore() {
    if (this.loading) return this.loading.then(() => null, () => null);
    if (!this.list.next) return null;
    const start = this.items.length;
    this.more.replaceChildren();
    this.loading = this.list.loadMore();
    try {
      await this.loading;
    } catch {
      this.hasFailed = true;
      this.showLink();
      announce("More photos could not be loaded. Select the link at the end of the page to try again.");
    } finally {
      this.loading = null;
    }
    this.layOut(this.blocks.at(-1)?.from ?? 0);
    this.update();
    return this.items[start] ?? null;
  }

  showLink() {
    const link = document.createElement("a");
    Object.assign(link, { className: "button plain", rel: "next", href: this.list.next, textContent: "More photos" });
    this.more.replaceChildren(link);
  }

  async loadOnClick(event) {
    if (!event.target.closest("a") || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.hasFailed = false;
    const item = await this.loadMore();
    if (item) document.getElementById(`photo-${item.id}`)?.querySelector("a").focus();
  }

  resize() {
    const lengths = measure(this.element);
    if (lengths.width === this.lengths.width && lengths.row === this.lengths.row) return;
    this.keepPlace(() => {
      this.lengths = lengths;
      this.layOut(0);
    });
    this.update();
  }

  /** Changes the layout without moving the photo that is at the top of the window. */
  keepPlace(change) {
    const place = this.place();
    change();
    if (place && scrollY > 0) this.scrollToPlace(place);
  }

  /** Returns the photo at the top of the window and its distance from there. */
  place() {
    const item = this.visibleItem();
    return item && { id: item.id, offset: this.topOf(item.id) - scrollY };
  }

  visibleItem() {
    const top = -this.element.getBoundingClientRect().top + 80;
    const block = this.blocks.find((each) => each.top + each.height > top);
    let rowTop = block?.top;
    const row = block?.rows.find((each) => (rowTop += each.height + this.lengths.down) > top);
    return row ? this.items[row.from] : null;
  }

  /** Returns the position of a photo on the page, whether it has an element or not. */
  topOf(id) {
    const index = this.items.findIndex((item) => item.id === id);
    const block = this.blocks.find((each) => index >= each.from && index < each.to);
    if (!block) return null;
    const above = block.rows.filter((row) => row.to <= index);
    const top = above.reduce((sum, row) => sum + row.height + this.lengths.down, block.top);
    return top + this.element.getBoundingClientRect().top + scrollY;
  }

  scrollToPlace({ id, offset }) {
    const top = this.topOf(id);
    if (top !== null) scrollTo({ top: top - offset, behavior: "instant" });
  }

  /** Scrolls to a photo unless it is visible, and returns its card. */
  reveal(id) {
    const visible = document.getElementById(`photo-${id}`)?.getBoundingClientRect();
    if (!visible || visible.top < 60 || visible.bottom > innerHeight) this.scrollToPlace({ id, offset: innerHeight / 5 });
    this.update();
    return document.getElementById(`photo-${id}`);
  }

  /** Returns the card before or after a photo, loaded if necessary; null at the ends. */
  async neighbour(id, step) {
    const index = this.items.findIndex((item) => item.id === id) + step;
    if (index >= this.items.length && this.list.next) await this.loadMore();
    const item = this.items[index];
    if (!item) return null;
    if (!this.list.card(item)) await this.list.reload([item]);
    return this.list.card(item);
  }

  has(id) {
    return this.list.known.has(id);
  }

  /** Adds new photos at the start. */
  prepend(cards) {
    this.element.classList.remove("first-view");
    this.list.prepend(cards);
    document.querySelector("main > .empty")?.remove();
    this.layOut(0);
    this.update();
  }

  /** Keeps a card that replaced another, such as that of a photo that became ready, and adopts photos just posted. */
  replaceCards(cards) {
    for (const card of cards) if (this.has(idOf(card))) this.list.replace(card);
    const posted = cards.filter((card) => card.isConnected && card.closest("[data-accepts-new]"));
    if (!posted.length) return;
    const place = posted[0].closest("[data-accepts-new]");
    this.prepend(posted);
    place.hidden = place.childElementCount === 0;
  }
}

/** Shows these cards in this order, without moving those that are in place. */
function setChildren(list, cards) {
  const wanted = new Set(cards);
  for (const child of [...list.children]) if (!wanted.has(child)) child.remove();
  cards.forEach((card, index) => {
    if (list.children[index] !== card) list.insertBefore(card, list.children[index] ?? null);
  });
}
