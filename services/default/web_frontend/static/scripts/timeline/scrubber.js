// Jumps to a month: a list of the months with photos, and on wide windows a range at the edge that follows the reader.
import { currentTimeline } from "./timeline.js";

const names = new Intl.DateTimeFormat("en-GB", { month: "long", year: "numeric" });
const FEWEST_MONTHS = 2;

export async function startScrubber() {
  const form = document.querySelector(".jump");
  const timeline = currentTimeline();
  if (!form || !timeline) return;
  goWhenChosen(form, () => form.requestSubmit());
  form.addEventListener("focusin", ({ target }) => target.matches(":focus-visible") && form.classList.add("by-keys"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    jump(timeline, form.elements.month.value);
  });
  const months = await fetchMonths(form.dataset.months).catch(() => []);
  if (!months.length) return;
  showList(form, months);
  if (months.length >= FEWEST_MONTHS) showRange(timeline, months);
}

/** Calls `go` when a pointer has chosen a month. Arrow keys choose one after the other: then Enter goes there. */
function goWhenChosen(element, go) {
  let isByKeys = false;
  element.addEventListener("pointerdown", () => { isByKeys = false; });
  element.addEventListener("change", () => isByKeys || go());
  element.addEventListener("keydown", (event) => {
    isByKeys = true;
    if (event.key !== "Enter" || event.target.matches("button")) return;
    event.preventDefault(); // some browsers submit a form now, others open its list
    go();
  });
}

async function fetchMonths(address) {
  const response = await fetch(address);
  return response.ok ? (await response.json()).months : [];
}

/** Scrolls if the photos of the month are loaded. Otherwise opens the page that starts with them. */
function jump(timeline, month) {
  const item = timeline.items.find((each) => monthOf(each) === month);
  const isStart = item && timeline.items.some((each) => monthOf(each) > month);
  if (isStart) return timeline.scrollToPlace({ id: item.id, offset: 80 });
  return location.assign(`${timeline.list.path}?month=${month}`);
}

function showList(form, months) {
  const list = document.createElement("select");
  list.id = "month";
  list.name = "month";
  list.required = true;
  list.append(new Option("a month", "", true));
  list.options[0].disabled = true;
  for (const [year, own] of byYear(months)) {
    const group = document.createElement("optgroup");
    group.label = year;
    group.append(...own.map((month) => new Option(nameOf(month), month)));
    list.append(group);
  }
  list.value = months.includes(form.elements.month.value) ? form.elements.month.value : "";
  form.elements.month.replaceWith(list);
}

function byYear(months) {
  const years = new Map();
  for (const month of months) years.set(month.slice(0, 4), [...(years.get(month.slice(0, 4)) ?? []), month]);
  return years;
}

function showRange(timeline, months) {
  const scrubber = document.createElement("div");
  scrubber.className = "scrubber";
  const range = document.createElement("input");
  Object.assign(range, { type: "range", min: 0, max: months.length - 1, step: 1, value: 0, ariaLabel: "Jump to a month" });
  const output = document.createElement("output");
  scrubber.append(range, output, ...yearMarks(months));
  document.body.append(scrubber);
  const view = { range, output, months };
  range.addEventListener("input", () => showMonth(view));
  range.setAttribute("aria-description", "Enter goes to the month");
  goWhenChosen(range, () => jump(timeline, months[range.value]));
  timeline.element.addEventListener("scrolled", ({ detail }) => follow(view, detail));
  follow(view, timeline.visibleItem());
}

function yearMarks(months) {
  const starts = months.map((month, index) => [month.slice(0, 4), index]).filter(([year, index]) => months[index - 1]?.slice(0, 4) !== year);
  return starts.map(([year, index]) => {
    const mark = document.createElement("span");
    mark.ariaHidden = "true";
    mark.textContent = year;
    mark.style.top = `${placeOf(index, months)}%`;
    return mark;
  });
}

function follow(view, item) {
  const index = item ? view.months.indexOf(monthOf(item)) : -1;
  if (index < 0 || view.range.matches(":active")) return;
  view.range.value = index;
  showMonth(view);
}

function showMonth({ range, output, months }) {
  const month = months[range.value];
  output.textContent = nameOf(month);
  range.setAttribute("aria-valuetext", nameOf(month));
  output.style.top = `${placeOf(range.value, months)}%`;
}

function placeOf(index, months) {
  return (100 * index) / Math.max(1, months.length - 1);
}

function monthOf({ created }) {
  const day = new Date(created);
  return `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, "0")}`;
}

function nameOf(month) {
  const [year, number] = month.split("-").map(Number);
  return names.format(new Date(year, number - 1, 1));
}
