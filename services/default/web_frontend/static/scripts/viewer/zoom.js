// Zoom and pan with wheel, double click, buttons and fingers; swipes while the photo is not enlarged.

const LEAST_MOST = 2; // every photo can be enlarged this much
const DOUBLE = 2.5;
const SWIPE = 50; // pixels
const DISMISS = 110;

export class Zoom {
  constructor(stage, { onSwipe, onDismiss, onChange }) {
    Object.assign(this, { stage, onSwipe, onDismiss, onChange });
    this.pointers = new Map();
    stage.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    stage.addEventListener("dblclick", (event) => this.toggle(event));
    stage.addEventListener("pointerdown", (event) => this.press(event));
    stage.addEventListener("pointermove", (event) => this.move(event));
    for (const type of ["pointerup", "pointercancel"]) stage.addEventListener(type, (event) => this.release(event));
  }

  /** Begins with a new photo: `width` is how wide it is shown, `full` the width of its largest rendition. */
  start(picture, { isTall, width, full }) {
    Object.assign(this, { picture, isTall, width });
    this.most = isTall ? 1 : Math.max(LEAST_MOST, full / width);
    this.reset();
  }

  reset() {
    Object.assign(this, { scale: 1, x: 0, y: 0 });
    this.pointers.clear();
    this.draw();
  }

  by(factor) {
    const { left, top, width, height } = this.stage.getBoundingClientRect();
    this.to(this.scale * factor, left + width / 2, top + height / 2);
  }

  /** Zooms so that the point of the photo under (clientX, clientY) stays there. */
  to(scale, clientX, clientY) {
    const next = Math.min(Math.max(scale, 1), this.most);
    const box = this.picture.getBoundingClientRect();
    const [left, top] = [box.left - this.x, box.top - this.y];
    const share = next / this.scale;
    this.x = clientX - left - (clientX - left - this.x) * share;
    this.y = clientY - top - (clientY - top - this.y) * share;
    this.scale = next;
    this.keepInside();
    this.draw();
  }

  /** An enlarged photo covers the stage where it can, and is centred where it cannot. */
  keepInside() {
    const stage = this.stage.getBoundingClientRect();
    const [width, height] = [this.picture.offsetWidth, this.picture.offsetHeight];
    this.x = inside(this.x, (stage.width - width) / 2, width * this.scale, stage.width);
    this.y = inside(this.y, (stage.height - height) / 2, height * this.scale, stage.height);
  }

  draw() {
    if (!this.picture) return;
    this.picture.style.transform = this.scale === 1 ? "" : `translate(${this.x}px, ${this.y}px) scale(${this.scale})`;
    this.stage.classList.toggle("zoomed", this.scale > 1);
    const sizes = `${Math.ceil(this.width * this.scale)}px`; // the browser loads a larger rendition as needed
    for (const part of this.picture.querySelectorAll("source, img")) if (part.sizes !== sizes) part.sizes = sizes;
    this.onChange(this.scale, this.most);
  }

  wheel(event) {
    if (this.isTall) return;
    event.preventDefault();
    this.to(this.scale * Math.exp(-event.deltaY / 300), event.clientX, event.clientY);
  }

  toggle(event) {
    if (!this.isTall) this.to(this.scale > 1 ? 1 : DOUBLE, event.clientX, event.clientY);
  }

  press(event) {
    this.pointers.set(event.pointerId, event);
    if (!this.isTall) this.stage.setPointerCapture(event.pointerId);
    this.origin = { x: event.clientX, y: event.clientY };
  }

  move(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    const others = [...this.pointers.values()].filter((each) => each.pointerId !== event.pointerId);
    this.pointers.set(event.pointerId, event);
    if (others.length) return this.pinch(before, event, others[0]);
    if (this.scale === 1) return;
    this.x += event.clientX - before.clientX;
    this.y += event.clientY - before.clientY;
    this.keepInside();
    this.draw();
  }

  pinch(before, now, other) {
    if (this.isTall) return;
    this.hasPinched = true;
    this.to((this.scale * distance(now, other)) / distance(before, other), (now.clientX + other.clientX) / 2, (now.clientY + other.clientY) / 2);
  }

  release(event) {
    const isLast = this.pointers.delete(event.pointerId) && this.pointers.size === 0;
    if (!isLast) return;
    const hasPinched = this.hasPinched;
    this.hasPinched = false;
    if (event.type === "pointerup" && this.scale === 1 && !hasPinched) this.swipe(event);
  }

  swipe(event) {
    const [across, down] = [event.clientX - this.origin.x, event.clientY - this.origin.y];
    if (Math.abs(across) > SWIPE && Math.abs(across) > Math.abs(down)) this.onSwipe(across < 0 ? 1 : -1);
    else if (down > DISMISS && !this.isTall && event.pointerType === "touch") this.onDismiss();
  }
}

function inside(value, start, size, room) {
  if (size <= room) return (room - size) / 2 - start;
  return Math.min(-start, Math.max(room - size - start, value));
}

function distance(one, other) {
  return Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY) || 1;
}
