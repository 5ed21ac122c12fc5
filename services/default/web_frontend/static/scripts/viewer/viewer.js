// The viewer: one photo in the whole window, with the photos before and after it in the timeline.
import { saveCaptionsInPlace } from "../caption_form.js";
import { localise } from "../local_times.js";
import { fetchPage } from "../page_updates.js";
import { currentTimeline } from "../timeline/timeline.js";
import { enableSharing } from "./share.js";
import { Zoom } from "./zoom.js";

const TALL = 0.5; // narrower photos are shown as wide as text, and scroll
const TALL_WIDTH = 640; // pixels
const ENLARGED = 2; // times; small photos are not shown larger than this

let viewer = null;

/** Opens the photo of a card. */
export async function openViewer(card) {
  await styleSheet;
  viewer ??= new Viewer();
  viewer.open(card);
}

const styleSheet = new Promise((done) => {
  const link = document.createElement("link");
  Object.assign(link, { rel: "stylesheet", href: new URL("../../viewer.css", import.meta.url).href, onload: done, onerror: done });
  document.head.append(link);
});

class Viewer {
  constructor() {
    this.timeline = currentTimeline();
    this.dialog = document.getElementById("viewer").content.firstElementChild.cloneNode(true);
    document.body.append(this.dialog);
    this.stage = this.dialog.querySelector(".stage");
    this.about = this.dialog.querySelector(".about");
    this.title = document.title;
    this.zoom = new Zoom(this.stage, {
      onSwipe: (step) => this.step(step),
      onDismiss: () => this.close(),
      onChange: (scale, most) => this.showScale(scale, most),
    });
    this.listen();
  }

  listen() {
    const actions = {
      close: () => this.close(),
      previous: () => this.step(-1),
      next: () => this.step(1),
      "zoom-in": () => this.zoom.by(1.6),
      "zoom-out": () => this.zoom.by(1 / 1.6),
    };
    this.dialog.addEventListener("click", (event) => actions[event.target.closest("[data-do]")?.dataset.do]?.());
    this.dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.close();
    });
    document.addEventListener("keydown", (event) => this.dialog.open && this.press(event, actions), { capture: true });
    addEventListener("popstate", ({ state }) => this.follow(state));
    addEventListener("resize", () => this.dialog.open && this.fit());
  }

  press(event, actions) {
    const menu = this.dialog.querySelector(".menu[open]");
    if (event.key === "Escape" && menu) return closeMenu(event, menu);
    if (event.target.closest("textarea, input") || event.ctrlKey || event.metaKey || event.altKey) return;
    const action = { ArrowLeft: "previous", ArrowRight: "next", "+": "zoom-in", "=": "zoom-in", "-": "zoom-out" }[event.key];
    if (!action) return;
    event.preventDefault();
    actions[action]();
  }

  open(card) {
    history.pushState({ viewer: idOf(card) }, "", addressOf(card));
    const small = card.querySelector(".picture");
    transition(small, () => {
      this.dialog.showModal();
      this.show(card);
      return this.picture;
    });
  }

  /** Closes by going back, so that the address is that of the timeline again. */
  close() {
    history.back();
  }

  /** Shows what the address says after Back and Forward. */
  async follow(state) {
    if (state?.viewer) {
      const card = await this.timeline.neighbour(state.viewer, 0);
      if (!card) return location.reload();
      if (!this.dialog.open) this.dialog.showModal();
      return this.show(card);
    }
    return this.dialog.open && this.hide();
  }

  hide() {
    const card = this.timeline.reveal(this.id);
    this.zoom.reset();
    transition(this.picture, () => {
      this.dialog.close();
      this.stage.replaceChildren();
      card?.querySelector("a").focus({ preventScroll: true });
      return card?.querySelector(".picture");
    });
    document.title = this.title;
  }

  async step(step) {
    const from = this.id;
    const card = await this.timeline.neighbour(from, step);
    if (!card || this.id !== from) return;
    history.replaceState({ viewer: idOf(card) }, "", addressOf(card));
    this.show(card);
    this.dialog.querySelector("[role=status]").textContent = this.dialog.ariaLabel;
  }

  show(card) {
    this.id = idOf(card);
    const image = card.querySelector("img");
    this.picture = pictureOf(card);
    this.size = { width: Number(image?.getAttribute("width")) || 640, height: Number(image?.getAttribute("height")) || 480 };
    this.stage.replaceChildren(this.picture);
    this.dialog.ariaLabel = image?.alt ?? card.querySelector(".picture").ariaLabel;
    document.title = `${this.dialog.ariaLabel} · Photo Timeline`;
    this.fit();
    this.showWords(card);
    this.showSteps();
  }

  /** Sizes the photo to the stage. */
  fit() {
    const { width, height } = this.size;
    const isTall = width < TALL * height;
    const scale = isTall
      ? Math.min(this.stage.clientWidth, TALL_WIDTH) / width
      : Math.min(this.stage.clientWidth / width, this.stage.clientHeight / height, ENLARGED);
    this.stage.classList.toggle("tall", isTall);
    this.stage.scrollTop = 0;
    this.picture.style.width = `${width * scale}px`;
    this.picture.style.height = `${height * scale}px`;
    this.zoom.start(this.picture, { isTall, width: width * scale, full: fullWidthOf(this.picture) });
  }

  showScale(scale, most) {
    this.dialog.querySelector("[data-do=zoom-out]").disabled = scale <= 1;
    this.dialog.querySelector("[data-do=zoom-in]").disabled = scale >= most;
  }

  /** Disables the buttons at the ends, and loads the neighbours in advance. */
  async showSteps() {
    const { id } = this;
    for (const [name, step] of [["next", 1], ["previous", -1]]) {
      const card = await this.timeline.neighbour(id, step);
      if (this.id !== id) return;
      this.dialog.querySelector(`[data-do=${name}]`).disabled = !card;
      if (card) preload(card, this.stage);
    }
  }

  /** Shows caption and name of the card at once, then the complete text and the owner's menu from the photo's page. */
  async showWords(card) {
    const { id } = this;
    this.about.replaceChildren(shortWords(card));
    const page = await fetchPage(`/photo/${id}/`).catch(() => null);
    const words = page?.querySelector(".words");
    if (!words || this.id !== id) return;
    this.about.replaceChildren(words);
    localise([words]);
    saveCaptionsInPlace(words);
    enableSharing(words);
  }
}

/** Escape closes the menu first, and only then the viewer. */
function closeMenu(event, menu) {
  event.preventDefault();
  event.stopPropagation();
  menu.open = false;
  menu.querySelector("summary").focus();
}

function idOf(card) {
  return card.id.slice("photo-".length);
}

function addressOf(card) {
  return `/photo/${idOf(card)}/`;
}

function pictureOf(card) {
  const picture = document.createElement("div");
  picture.className = "picture";
  picture.append(...[...card.querySelector(".picture").childNodes].map((node) => node.cloneNode(true)));
  const image = picture.querySelector("img");
  if (image) Object.assign(image, { loading: "eager", draggable: false });
  return picture;
}

function fullWidthOf(picture) {
  const widths = [...(picture.querySelector("img")?.srcset ?? "").matchAll(/ (\d+)w/g)];
  return Math.max(0, ...widths.map(([, width]) => Number(width)));
}

function preload(card, stage) {
  const copy = pictureOf(card);
  for (const part of copy.querySelectorAll("source, img")) part.sizes = `${stage.clientWidth}px`;
}

function shortWords(card) {
  const words = document.createElement("div");
  words.className = "words";
  const text = document.createElement("div");
  text.className = "text";
  const heading = document.createElement("h1");
  heading.dir = "auto";
  heading.textContent = card.querySelector(".caption")?.textContent ?? "";
  const by = document.createElement("p");
  by.className = "quiet";
  by.append(card.querySelector(".by a").cloneNode(true));
  text.append(heading, by);
  words.append(text);
  return words;
}

/** Changes the page with a view transition from one picture to another, unless the reader prefers no motion. */
function transition(from, change) {
  const prefersNone = matchMedia("(prefers-reduced-motion: reduce)").matches;
  if (!document.startViewTransition || prefersNone || !from) return change();
  from.style.viewTransitionName = "photo";
  let to = null;
  const running = document.startViewTransition(() => {
    from.style.viewTransitionName = "";
    to = change();
    if (to) to.style.viewTransitionName = "photo";
  });
  const finish = () => { if (to) to.style.viewTransitionName = ""; };
  running.ready.catch(() => {});
  return running.finished.then(finish, finish);
}
