// Live updates and in-place navigation. Without this script every page works by plain links and forms.
import { Idiomorph } from "./vendor/idiomorph/idiomorph.esm.js";
import hljs from "./vendor/highlight/core.min.js";
import json from "./vendor/highlight/json.min.js";
import xml from "./vendor/highlight/xml.min.js";
import yaml from "./vendor/highlight/yaml.min.js";
import { drawGraphs, keepGraph } from "./graphs.js";

hljs.registerLanguage("json", json);
hljs.registerLanguage("xml", xml);
hljs.registerLanguage("yaml", yaml);

const PERIOD = 2000;
const LARGEST_HIGHLIGHTED = 100000;
const LIST = ".log";
const ROWS = ".log > li, tbody > tr";
const MOST_ROWS = 2000;
const FILTER = ["f", "op", "t", "v"];
const HEADER = 56;
const state = document.getElementById("state");
const pause = document.getElementById("pause");
let tag = null;
let paused = sessionStorage.getItem("paused") === "yes";
let loading = null;

function say(text, look) {
  if (state.textContent !== text) state.textContent = text;
  state.className = `state ${look}`;
}

function highlight(root) {
  for (const code of root.querySelectorAll("code[data-language]")) {
    if (code.textContent.length > LARGEST_HIGHLIGHTED) continue;
    code.innerHTML = hljs.highlight(code.textContent, { language: code.dataset.language }).value;
  }
}

// Spaces between rows would be matched with each other, and every row after a new one would be taken out and put
// back: it would lose its selection, and the page would not stay at the row that is being read.
function removeSpacesBetweenRows(root) {
  for (const list of root.querySelectorAll("ul, ol, tbody")) {
    for (const node of [...list.childNodes]) if (node.nodeType === Node.TEXT_NODE) node.remove();
  }
}
removeSpacesBetweenRows(document);

const callbacks = {
  // A form that a person fills in, a message, a graph and a frame keep what they have.
  beforeNodeMorphed(old, fresh) {
    if (old.nodeType !== Node.ELEMENT_NODE) return true;
    if (live && old.id === "note") return false;
    if (edited.has(old) && (live || (old.id === fresh.id && old.dataset.keep === fresh.dataset.keep))) return false;
    if (isReading && old.matches(LIST) && isBehind(old, fresh)) {
      tag = null; // the reader's return to the beginning is news
      return false;
    }
    if (old.matches("form[data-keep]") && old.id === fresh.id && old.dataset.keep === fresh.dataset.keep) return !live;
    if (old.matches(".graph") && old.id === fresh.id) return keepGraph(old, fresh);
    if (old.matches("iframe") && old.src === fresh.src && old.className === fresh.className) return false;
    return true;
  },
  beforeNodeRemoved(node) {
    return !(isReading && node.parentElement?.matches(LIST) && (live || !node.hasAttribute("aria-current")));
  },
  beforeAttributeUpdated(name, node) {
    if (name === "open" && node.tagName === "DETAILS") return false;
    return !(live && (name === "value" || name === "checked") && node.form && node.matches("input, select, textarea"));
  },
};
let live = false;
let isReading = false;
const edited = new WeakSet(); // the forms that a person has changed and not sent yet

// Entries that arrive must not move the one that is read: the one that has the focus of the keyboard, is open or selected,
// else the first that is visible below the beginning of the page.
function anchor() {
  const selection = getSelection();
  const within = selection.isCollapsed ? null : selection.anchorNode;
  const selected = (within?.nodeType === Node.ELEMENT_NODE ? within : within?.parentElement)?.closest(ROWS);
  const focused = document.querySelector(".log :focus-visible, tbody :focus-visible")?.closest(ROWS);
  const chosen = [focused, document.querySelector(".log > [aria-current]"), selected].find((row) => row && isVisible(row));
  if (chosen || scrollY === 0) return chosen;
  return [...document.querySelectorAll(ROWS)].find(isVisible);
}

function isVisible(row) {
  const box = row.getBoundingClientRect();
  return box.height > 0 && box.bottom > HEADER && box.top < innerHeight;
}

// What a person types is kept. A focused button must change: it may offer the opposite of what it did.
function isField(element) {
  return Boolean(element?.matches("input, select, textarea"));
}

function hold(row, change) {
  const top = row?.getBoundingClientRect().top;
  change();
  if (row?.isConnected) scrollBy({ top: row.getBoundingClientRect().top - top, behavior: "instant" });
}

// Whether more entries arrived than a page has, so that some would be missing before the old ones, or the list is long.
function isBehind(old, fresh) {
  const known = new Set([...old.children].map((row) => row.id));
  return known.size > MOST_ROWS || ![...fresh.children].some((row) => known.has(row.id) && !row.hasAttribute("aria-current"));
}

function show(text, isLive, opened) {
  const fresh = new DOMParser().parseFromString(text, "text/html");
  highlight(fresh);
  removeSpacesBetweenRows(fresh);
  live = isLive;
  const row = isLive ? anchor() : opened?.closest(ROWS);
  const list = row?.closest(LIST);
  isReading = Boolean(list) && (isLive || !isBehind(list, fresh.querySelector(LIST) ?? list));
  hold(row, () => {
    for (const id of ["content", "navigation"]) {
      Idiomorph.morph(document.getElementById(id), fresh.getElementById(id), { morphStyle: "outerHTML", ignoreActiveValue: isField(document.activeElement), callbacks });
    }
  });
  live = isReading = false;
  if (document.title !== fresh.title) document.title = fresh.title;
  drawGraphs();
}

class Refusal extends Error {
  constructor(text) {
    super(new DOMParser().parseFromString(text, "text/html").querySelector(".problem")?.textContent || "This did not work.");
  }
}

// Show why a form was refused, beside what was typed.
function complain(form, text) {
  const message = form.matches("[data-keep]") ? form.appendChild(document.createElement("p")) : document.getElementById("note");
  message.hidden = false;
  message.className = "problem";
  message.setAttribute("role", "alert");
  message.textContent = text;
  message.scrollIntoView({ block: "nearest" });
}

async function load(address, options, isLive) {
  loading?.abort();
  const own = new AbortController();
  loading = own;
  try {
    const response = await fetch(address, { cache: "no-store", signal: own.signal, ...options });
    if (response.status === 304) return response;
    if (options?.form && response.status >= 400) throw new Refusal(await response.text());
    if (!response.headers.get("Content-Type")?.startsWith("text/html")) throw new Error("no page");
    const text = await response.text();
    if (options?.form) edited.delete(options.form);
    if (isLive && response.status >= 400 && [...document.forms].some((form) => edited.has(form))) return response;
    tag = response.headers.get("ETag");
    show(text, isLive, options?.opened);
    return response;
  } finally {
    if (loading === own) loading = null;
  }
}

async function refresh() {
  if (paused || document.hidden || loading) return; // an update must not cancel what the reader asked for
  try {
    await load(location.href, { headers: tag ? { "If-None-Match": tag } : {} }, true);
    say("Live", "live");
  } catch (error) {
    if (error.name !== "AbortError") say("Connection lost, retrying …", "lost");
  }
}

function cleaned(address) {
  const url = new URL(address);
  url.searchParams.delete("note");
  return url.href;
}

async function go(address, options = {}, remember = true) {
  try {
    tag = null;
    const response = await load(address, options, false);
    const arrived = cleaned(response.url);
    if (remember && arrived !== location.href) history.pushState(null, "", arrived);
    document.getElementById("content").dispatchEvent(new Event("shown"));
    const focus = document.querySelector("[data-focus]");
    if (focus && options.focus !== false) focus.focus({ preventScroll: focus.getBoundingClientRect().top >= 0 });
    return true;
  } catch (error) {
    if (error.name === "AbortError") return false;
    if (!options.form) location.assign(address);
    else complain(options.form, error instanceof Refusal ? error.message : "gaelocal did not answer. Nothing is lost here: try again when it runs.");
    return false;
  }
}

// Empty fields are left out, but a filter by the empty text keeps its value: its fields are matched by their order.
function formAddress(form) {
  const url = new URL(form.action);
  const data = new FormData(form);
  const pairs = [...data].filter(([name, value]) => value !== "" && !FILTER.includes(name));
  data.getAll("f").forEach((property, row) => {
    if (property) for (const name of FILTER) pairs.push([name, data.getAll(name)[row]]);
  });
  url.search = new URLSearchParams(pairs).toString();
  return url.href;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-swap]");
  if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  go(link.href, { opened: link.closest(".entry") });
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  navigator.clipboard?.writeText(document.getElementById(button.dataset.copy).textContent);
  button.textContent = "Copied";
});

document.addEventListener("click", (event) => {
  const adder = event.target.closest("[data-add]");
  if (!adder) return;
  const rows = document.getElementById(adder.dataset.add);
  const row = rows.lastElementChild.cloneNode(true);
  const number = rows.children.length;
  for (const node of row.querySelectorAll("[id], [for], [value], input, textarea")) {
    if (node.id) node.id = node.id.replace(/\d+$/, number);
    if (node.htmlFor) node.htmlFor = node.htmlFor.replace(/\d+$/, number);
    if (node.matches("textarea, input:not([type=hidden])")) node.value = "";
  }
  row.removeAttribute("id");
  rows.append(row);
  row.querySelector("input").focus();
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  const question = event.submitter?.dataset.confirm ?? form.dataset.confirm;
  if (question && !confirm(question)) {
    event.preventDefault();
    return;
  }
  if (form.hasAttribute("data-full")) return;
  event.preventDefault();
  if (form.method === "get") {
    go(formAddress(form), { focus: false });
    return;
  }
  const body = new FormData(form, event.submitter);
  const encoded = form.enctype === "multipart/form-data" ? body : new URLSearchParams([...body]);
  const action = event.submitter?.getAttribute("formaction") ?? form.getAttribute("action");
  for (const message of form.querySelectorAll(".problem")) message.remove();
  go(new URL(action, location.href).href, { method: "POST", body: encoded, focus: false, form }).then((isDone) => {
    // Chosen files are not part of the page, so that they would be sent again.
    if (isDone && form.enctype === "multipart/form-data") form.reset();
  });
});

for (const type of ["input", "change"]) {
  document.addEventListener(type, (event) => {
    if (event.target.form?.matches("form[data-keep][method=post]")) edited.add(event.target.form);
  });
}

// A filter is applied as soon as it is chosen, or a moment after the last key. The choice is read at once: a page that
// was asked for before may arrive at any moment and reset the form.
let typing = null;
function filter(form) {
  if (form?.hasAttribute("data-filter")) go(formAddress(form), { focus: false });
}
function filterSoon(form) {
  if (!form?.hasAttribute("data-filter")) return;
  clearTimeout(typing);
  typing = setTimeout(() => filter(form), 400);
}
document.addEventListener("change", (event) => {
  if (event.target.dataset.checks) {
    for (const box of document.querySelectorAll(`input[form="${event.target.dataset.checks}"]`)) box.checked = event.target.checked;
  }
  if (!event.target.matches("input[type=search], input[type=text], textarea")) filter(event.target.form);
});
document.addEventListener("input", (event) => {
  if (event.target.matches("input[type=search], input[type=text]")) filterSoon(event.target.form);
});

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.matches("input, select, textarea");
  if (event.key === "/" && !isTyping) {
    const search = document.querySelector("main input[type=search]");
    if (search) {
      event.preventDefault();
      search.focus();
    }
  }
  if ((event.key === "ArrowDown" || event.key === "ArrowUp") && event.target.matches("[data-list] a")) {
    const links = [...event.target.closest("[data-list]").querySelectorAll("[data-item]")];
    const next = links[links.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1)];
    if (next) {
      event.preventDefault();
      next.focus();
    }
  }
});

window.addEventListener("popstate", () => go(location.href, { focus: false }, false));

function showPause() {
  pause.setAttribute("aria-pressed", String(paused));
  sessionStorage.setItem("paused", paused ? "yes" : "no");
  say(paused ? "Paused" : "Live", paused ? "" : "live");
}
pause.addEventListener("click", () => {
  paused = !paused;
  showPause();
  refresh();
});
document.addEventListener("visibilitychange", refresh);

history.replaceState(null, "", cleaned(location.href));
highlight(document);
drawGraphs();
document.querySelector("#navigation [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
if (document.querySelector("[data-focus]") && location.hash === "") document.querySelector("[data-focus]").focus({ preventScroll: true });
showPause();
pause.hidden = false;
setInterval(refresh, PERIOD);
