// The photos of a timeline: a few numbers for each, and the elements of those near the reader. The others are loaded again.
import { fetchPage } from "../page_updates.js";

const PAGE_SIZE = 60;
const MOST_CARDS = 300;

export class PhotoList {
  constructor(timeline, next) {
    this.items = []; // {id, ratio, created, page, isFirst}
    this.pages = [location.pathname + location.search]; // the address of each page that was loaded
    this.next = next; // the address of the next page; empty at the end
    this.cards = new Map(); // by ID; the ones used last are at the end
    this.known = new Set();
    this.path = timeline.dataset.path;
  }

  /** Adds the photos of a page at the end. */
  append(cards, page) {
    this.add(cards, page, (items) => this.items.push(...items));
  }

  prepend(cards) {
    this.add(cards, 0, (items) => this.items.unshift(...items));
  }

  add(cards, page, place) {
    const added = cards.filter((card) => !this.known.has(idOf(card)));
    place(added.map((card) => itemOf(card, page)));
    this.items.sort((left, right) => (left.id < right.id ? -1 : 1)); // IDs sort newest first
    for (const card of added) {
      this.known.add(idOf(card));
      this.cards.set(idOf(card), card);
    }
    markDays(this.items);
  }

  remove(id) {
    this.items = this.items.filter((item) => item.id !== id);
    this.known.delete(id);
    this.cards.delete(id);
    markDays(this.items);
  }

  /** Returns the card of an item that is loaded, with or without the heading of its day. */
  card(item) {
    const card = this.cards.get(item.id);
    if (!card) return null;
    this.cards.delete(item.id);
    this.cards.set(item.id, card);
    showDay(card, item);
    return card;
  }

  async loadMore() {
    const page = await fetchPage(this.next);
    this.pages.push(this.next);
    this.next = nextOf(page, this.path);
    this.append(cardsOf(page), this.pages.length - 1);
  }

  /** Loads the cards of these items again. Photos that no longer exist are removed; returns whether there were any. */
  async reload(items) {
    const missing = () => items.filter((item) => !this.cards.has(item.id));
    for (const page of new Set(missing().map((item) => item.page))) {
      for (const card of cardsOf(await fetchPage(this.pages[page]))) this.keep(card);
    }
    const gone = [];
    for (const item of missing()) {
      const page = await fetchPage(`/photo/${item.id}/card`).catch((error) => (error.status === 404 ? null : Promise.reject(error)));
      if (page) this.keep(page.querySelector(".photo"));
      else gone.push(item.id);
    }
    gone.forEach((id) => this.remove(id));
    return gone.length > 0;
  }

  keep(card) {
    if (this.known.has(idOf(card)) && !this.cards.has(idOf(card))) this.cards.set(idOf(card), card);
  }

  /** Takes the newer card of a photo. */
  replace(card) {
    this.cards.set(idOf(card), card);
    showDay(card, this.items.find((item) => item.id === idOf(card)));
  }

  /** Forgets the cards that were not used for the longest time, except those on the page. */
  forgetCards() {
    for (const [id, card] of this.cards) {
      if (this.cards.size <= MOST_CARDS) return;
      if (!card.isConnected) this.cards.delete(id);
    }
  }

  saved() {
    return {
      pages: this.pages,
      next: this.next,
      items: this.items.map((item) => [item.id, Math.round(item.ratio * 100), item.created, item.page]),
    };
  }

  /** Continues with the saved photos that are older than those on the page; returns false if others may be between them. */
  restore({ pages, next, items }) {
    const last = this.items.at(-1);
    const older = items.filter(([id]) => !last || (id > last.id && !this.known.has(id)));
    if (!older.length) return true;
    if (!items.some(([id]) => id === last?.id)) return false;
    this.pages = pages;
    this.next = next;
    this.items.push(...older.map(([id, percent, created, page]) => ({ id, ratio: percent / 100, created, page, isFirst: false })));
    older.forEach(([id]) => this.known.add(id));
    markDays(this.items);
    return true;
  }
}

export function idOf(card) {
  return card.id.slice("photo-".length);
}

export function cardsOf(page) {
  return [...page.querySelectorAll(".photos > .photo")];
}

/** Returns the address of the next page, which is larger than the first one. */
export function nextOf(page, path) {
  const link = page.querySelector(".more a[rel=next]");
  return link ? `${path}${new URL(link.href, location).search}&limit=${PAGE_SIZE}` : "";
}

function itemOf(card, page) {
  const ratio = Number(/(?:^| )r(\d+)/.exec(card.className)[1]) / 100;
  return { id: idOf(card), ratio, created: Date.parse(card.dataset.created), page, isFirst: false };
}

function markDays(items) {
  let day = "";
  for (const item of items) {
    const own = new Date(item.created).toDateString();
    item.isFirst = own !== day;
    day = own;
  }
}

const weekday = new Intl.DateTimeFormat("en-GB", { weekday: "long" });
const monthAndYear = new Intl.DateTimeFormat("en-GB", { month: "long", year: "numeric" });

/** Adds or removes the heading, which depends on the photo before and on the reader's time zone. */
function showDay(card, { created, isFirst }) {
  const heading = card.querySelector(".date");
  const day = new Date(created);
  card.classList.toggle("first", isFirst);
  if (!isFirst) return heading?.remove();
  const shown = heading ?? card.insertAdjacentElement("afterbegin", newHeading());
  const [name, number, rest] = shown.querySelectorAll("span:first-child, b, span:last-child");
  shown.querySelector("time").dateTime = `${day.getFullYear()}-${twoDigits(day.getMonth() + 1)}-${twoDigits(day.getDate())}`;
  setText(name, weekday.format(day));
  setText(number, String(day.getDate()));
  setText(rest, monthAndYear.format(day));
}

function newHeading() {
  const heading = document.createElement("h2");
  heading.className = "date";
  heading.innerHTML = "<time><span></span> <b></b> <span></span></time>";
  return heading;
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function twoDigits(number) {
  return String(number).padStart(2, "0");
}
