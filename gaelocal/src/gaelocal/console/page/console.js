"use strict";

const REFRESH = 2000;
const MAIL_SHOWN = 100;
const byId = (id) => document.getElementById(id);
const seen = new Map();
const chosen = { queue: null, mail: null, view: "html" };
let paused = false;
let timer = 0;

/* --- making elements; text is always text, never markup --- */

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

const chip = (text, mood = "") => make("span", { class: `chip ${mood}` }, String(text));
const link = (text, key, onclick) => make("button", { type: "button", class: "link", "data-key": key, onclick }, text);

function moment(value, { withDay = false } = {}) {
  if (value === null || value === undefined || value === "") return "–";
  const when = new Date(typeof value === "number" ? value * 1000 : value);
  if (Number.isNaN(when.getTime())) return String(value);
  const today = when.toDateString() === new Date().toDateString();
  const day = withDay || !today ? { day: "numeric", month: "short" } : {};
  const text = when.toLocaleString(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false, ...day });
  return make("time", { datetime: when.toISOString(), title: when.toString() }, text);
}

const megabytes = (bytes) => (bytes / 2 ** 20).toFixed(0);
const orDash = (value) => (value === null || value === undefined || value === "" ? "–" : String(value));
const first = (row, ...names) => names.map((name) => row[name]).find((value) => value !== undefined && value !== null);

/* --- tables: a column is [heading, what of a row, class] --- */

function cell([heading, of, kind], row, isFirst) {
  const attributes = { role: isFirst ? "rowheader" : "cell", "data-label": heading, class: kind || null, scope: isFirst ? "row" : null };
  return make(isFirst ? "th" : "td", attributes, of(row));
}

function show(id, columns, rows, { empty, isCurrent = () => false }) {
  const table = byId(id);
  const focused = table.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  const heads = columns.map(([heading, , kind]) => make("th", { scope: "col", role: "columnheader", class: kind || null }, heading));
  const lines = rows.map((row) =>
    make("tr", { role: "row", "aria-current": isCurrent(row) ? "true" : null }, ...columns.map((column, at) => cell(column, row, at === 0))));
  const none = make("tr", { role: "row" }, make("td", { role: "cell", class: "empty", colspan: columns.length }, empty));
  table.replaceChildren(
    table.caption,
    make("thead", { role: "rowgroup" }, make("tr", { role: "row" }, ...heads)),
    make("tbody", { role: "rowgroup" }, ...(lines.length ? lines : [none])),
  );
  if (focused) table.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

/* --- asking --- */

async function ask(path, options) {
  const response = await fetch(path, options);
  if (response.status === 204) return null;
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.detail || response.statusText);
  return answer;
}

async function refresh(key, path, display) {
  const answer = await ask(path);
  const text = JSON.stringify(answer);
  if (seen.get(key) === path + text) return;
  seen.set(key, path + text);
  display(answer);
}

/* --- services --- */

const MOODS = { running: "good", ready: "good", start: "good", serving: "good", enabled: "good", starting: "warn", stopping: "warn", paused: "warn", stopped: "warn", asleep: "", waiting: "", failed: "bad", dead: "bad", crashed: "bad", disabled: "bad" };
const stateChip = (row) => (row.state ? chip(String(row.state).toLowerCase(), MOODS[String(row.state).toLowerCase()]) : "–");

function showServices(rows) {
  byId("services-count").textContent = rows.length;
  show("services-table", [
    ["Service", (row) => row.service],
    ["Version", (row) => (row.address ? make("a", { href: row.address }, row.version) : orDash(row.version))],
    ["Traffic", (row) => (row.share === undefined ? "–" : `${Number((row.share * 100).toFixed(1))} %`), "number"],
    ["Instance", (row) => make("span", { title: row.instance }, row.index === undefined ? row.instance : `number ${row.index}`)],
    ["State", stateChip],
    ["PID", (row) => row.pid || "–", "number"],
    ["Memory", memory, "number"],
    ["CPU time", (row) => `${Number(row.cpu).toFixed(1)} s`, "number"],
    ["Requests", (row) => orDash(row.requests), "number"],
    ["Started", (row) => moment(row.started), "time"],
  ], rows, { empty: "No instance is running." });
  offerServices([...new Set(rows.map((row) => row.service))]);
}

function memory(row) {
  const limit = row.memory_limit;
  const text = `${megabytes(row.memory)}${limit ? ` of ${megabytes(limit)}` : ""} MB`;
  return limit && row.memory > limit ? chip(text, "bad") : text;
}

function offerServices(names) {
  const select = byId("log-service");
  const known = [...select.options].map((option) => option.value);
  for (const name of names) if (!known.includes(name)) select.append(make("option", {}, name));
}

/* --- health --- */

function showHealth(health) {
  const failing = health.components.filter((row) => row.status !== "ok");
  byId("health-count").textContent = failing.length || "";
  byId("health-said").textContent = failing.length ? `${failing.map((row) => row.name).join(", ")}: failing, retrying.` : "All components are healthy.";
  show("health-table", [
    ["Part", (row) => row.name],
    ["State", (row) => chip(row.status, row.status === "ok" ? "good" : "bad")],
    ["Failures", (row) => String(row.total_failures), "number"],
    ["Last error", (row) => orDash(row.last_error), "text mono"],
    ["Failing since", (row) => moment(row.failing_since), "time"],
  ], health.components, { empty: "No component is running." });
  byId("incidents-table").hidden = health.incidents.length === 0;
  show("incidents-table", [
    ["Time", (row) => moment(row.time), "time"],
    ["Error", (row) => row.message, "text mono"],
  ], health.incidents, { empty: "None." });
}

/* --- queues --- */

function showQueues(rows) {
  byId("queues-count").textContent = rows.reduce((sum, row) => sum + (row.tasks || 0), 0);
  show("queues-table", [
    ["Queue", (row) => link(row.name, row.name, () => chooseQueue(row.name))],
    ["State", stateChip],
    ["Tasks", (row) => orDash(row.tasks), "number"],
    ["Running", (row) => orDash(row.running), "number"],
    ["Done last minute", (row) => orDash(row.completed_last_minute), "number"],
    ["Failed", (row) => (row.dead ? chip(row.dead, "bad") : "0"), "number"],
    ["Oldest due", (row) => moment(row.oldest_eta), "time"],
    ["Rate", (row) => `${orDash(row.rate)}/s, ${orDash(row.max_concurrent)} at once`],
  ], rows, { empty: "queue.yaml defines no queue.", isCurrent: (row) => row.name === chosen.queue });
}

async function chooseQueue(name) {
  chosen.queue = name;
  byId("tasks").hidden = name === null;
  if (name === null) return;
  byId("tasks-title").textContent = `Tasks in ${name}`;
  await refreshTasks();
  byId("tasks-title").focus();
}

async function refreshTasks() {
  if (chosen.queue === null) return;
  const path = `/api/queues/${encodeURIComponent(chosen.queue)}`;
  const [waiting, dead] = await Promise.all([ask(`${path}/tasks`), ask(`${path}/dead`)]);
  show("tasks-table", [
    ["Task", (row) => orDash(row.name), "mono"],
    ["State", stateChip],
    ["Due", (row) => moment(first(row, "eta", "died")), "time"],
    ["Request", (row) => [row.method, row.service, row.url].filter(Boolean).join(" "), "mono"],
    ["Attempts", (row) => orDash(row.attempts), "number"],
    ["Last answer", (row) => statusChip(row.last_status)],
  ], [...waiting, ...dead], { empty: "No task is waiting." });
}

function statusChip(status) {
  if (status === null || status === undefined || status === "" || status === 0) return "–";
  return chip(status, /^(2|ok|succe)/i.test(status) ? "good" : "bad");
}

/* --- cron --- */

function lastRun(row) {
  if (row.running) return chip("running", "warn");
  const missed = row.missed ? make("small", {}, `${row.missed.count} missed while gaelocal was stopped`) : null;
  const run = row.last_run;
  return make("span", {}, ...(run ? [moment(run.time), " ", statusChip(run.status)] : ["never"]), missed);
}

function showCron(rows) {
  byId("cron-count").textContent = rows.length;
  show("cron-table", [
    ["Job", (row) => make("span", {}, row.url, row.description ? make("small", {}, row.description) : null)],
    ["Schedule", (row) => make("span", {}, row.schedule, make("small", {}, orDash(row.timezone || "UTC")))],
    ["Target", (row) => row.target || "default"],
    ["Last run", lastRun, "time"],
    ["Next run", (row) => moment(row.next_run, { withDay: true }), "time"],
    ["Run", (row) => runButton(row.url)],
  ], rows, { empty: "cron.yaml defines no job." });
}

function runButton(url) {
  return make("button", { type: "button", "data-key": url, "aria-label": `Run ${url} now`, onclick: (event) => runJob(event.currentTarget, url) }, "Run now");
}

async function runJob(button, url) {
  button.disabled = true;
  byId("cron-said").textContent = `${url} is running …`;
  try {
    const answer = await ask(`/api/cron/run?url=${encodeURIComponent(url)}`, { method: "POST" });
    byId("cron-said").textContent = `${url} answered ${orDash(answer.status)}.`;
  } catch (error) {
    byId("cron-said").textContent = `${url}: ${error.message}`;
  }
  button.disabled = false;
  refreshAll();
}

/* --- mail --- */

async function refreshMail() {
  const to = encodeURIComponent(byId("mail-to").value.trim());
  const [newest] = await ask(`/api/mail?limit=1&to=${to}`);
  const mark = `${newest?.id} ${to}`;
  if (seen.get("mail") === mark) return;
  const mails = newest ? await ask(`/api/mail?limit=${MAIL_SHOWN}&to=${to}`) : [];
  seen.set("mail", mark);
  showMail(mails);
}

function showMail(mails) {
  byId("mail-count").textContent = mails.length < MAIL_SHOWN ? mails.length : `${MAIL_SHOWN}+`;
  byId("mail-clear").hidden = mails.length === 0 && !byId("mail-to").value;
  if (!mails.some((mail) => mail.id === chosen.mail)) closeMessage();
  show("mail-table", [
    ["Subject", (mail) => make("span", {}, link(mail.subject || "(no subject)", mail.id, () => openMessage(mail.id)), make("small", {}, `to ${orDash(mail.to)}`))],
    ["Received", (mail) => moment(mail.received), "time"],
  ], mails, { empty: byId("mail-to").value ? "No mail to this recipient." : "No mail yet.", isCurrent: (mail) => mail.id === chosen.mail });
}

function closeMessage() {
  chosen.mail = null;
  byId("message").hidden = true;
  document.querySelector(".mailbox").classList.remove("open");
}

async function openMessage(id) {
  const mail = await ask(`/api/mail/${id}`);
  chosen.mail = id;
  byId("message").hidden = false;
  document.querySelector(".mailbox").classList.add("open");
  byId("message-subject").textContent = mail.subject || "(no subject)";
  byId("message-people").textContent = `from ${orDash(mail.from)} to ${orDash(mail.to)}`;
  const attached = (mail.attachments || []).map((file) => `${file.filename || file.type} (${file.size} bytes)`);
  byId("message-attachments").hidden = attached.length === 0;
  byId("message-attachments").textContent = `Attached: ${attached.join(", ")}`;
  for (const row of byId("mail-table").tBodies[0].rows) {
    if (row.querySelector("button")?.dataset.key === String(id)) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
  for (const button of document.querySelectorAll("[data-view]")) button.onclick = () => view(mail, button.dataset.view);
  view(mail, chosen.view === "html" && !mail.html ? "text" : chosen.view);
  if (window.matchMedia("(max-width: 70rem)").matches) byId("message").scrollIntoView({ block: "start" });
  byId("message-subject").focus({ preventScroll: true });
}

function view(mail, kind) {
  chosen.view = kind;
  for (const button of document.querySelectorAll("[data-view]")) button.setAttribute("aria-pressed", button.dataset.view === kind);
  byId("message-html").hidden = kind !== "html";
  byId("message-text").hidden = kind === "html";
  if (kind === "html") byId("message-html").src = `/api/mail/${mail.id}/html`;
  const headers = Object.entries(mail.headers || {}).map(([name, value]) => `${name}: ${value}`).join("\n");
  byId("message-text").textContent = kind === "headers" ? headers : mail[kind] || "(empty)";
}

async function clearMail() {
  if (!window.confirm("Delete every mail in the mailbox?")) return;
  await ask("/api/mail", { method: "DELETE" });
  refreshAll();
}

/* --- logs --- */

const SEVERITY_MOODS = { WARNING: "warn", ERROR: "bad", CRITICAL: "bad", ALERT: "bad", EMERGENCY: "bad" };

function logPath() {
  const asked = new URLSearchParams(new FormData(byId("log-filter")));
  asked.set("limit", "200");
  return `/api/logs?${asked}`;
}

function showLogs(entries) {
  offerServices([...new Set(entries.map((entry) => entry.service).filter(Boolean))]);
  show("logs-table", [
    ["Time", (entry) => moment(entry.timestamp), "time"],
    ["Severity", (entry) => chip(orDash(entry.severity).toLowerCase(), SEVERITY_MOODS[entry.severity])],
    ["Service", (entry) => make("span", {}, orDash(entry.service), isDeployed(entry) ? make("small", {}, entry.version) : null)],
    ["Message", (entry) => orDash(entry.message), "text mono"],
    ["Trace", (entry) => (entry.trace ? link(entry.trace.split("/").pop().slice(0, 8), entry.trace, () => filterBy("log-trace", entry.trace)) : ""), "mono"],
    ["Request", (entry) => (entry.request_id ? link(entry.request_id.slice(0, 8), entry.request_id, () => filterBy("log-request", entry.request_id)) : ""), "mono"],
  ], entries, { empty: "No log entry matches the filter." });
}

const isDeployed = (entry) => entry.version && entry.version !== "dev";

function filterBy(field, value) {
  byId(field).value = value;
  refresh("logs", logPath(), showLogs);
}

/* --- addresses --- */

function showAddresses(addresses) {
  byId("project").textContent = addresses.project || "Console";
  const isPage = (address) => /^https?:/.test(address);
  show("addresses-table", [
    ["What", ([name]) => name],
    ["Address", ([, address]) => (isPage(address) ? make("a", { href: address }, address) : String(address)), "mono"],
  ], Object.entries(addresses), { empty: "Nothing listens." });
}

const TOLD_OF_MEMCACHE = new Set(["curr_items", "bytes", "limit_maxbytes", "get_hits", "get_misses", "evictions", "curr_connections"]);

function showMemcache(stats) {
  show("memcache-table", [
    ["Counter", ([name]) => name],
    ["Value", ([, value]) => String(value), "number"],
  ], Object.entries(stats).filter(([name]) => TOLD_OF_MEMCACHE.has(name)), { empty: "No counters." });
}

/* --- the beat --- */

async function refreshAll() {
  window.clearTimeout(timer);
  try {
    await Promise.all([
      refresh("services", "/api/services", showServices),
      refresh("health", "/api/health", showHealth),
      refresh("queues", "/api/queues", showQueues).then(refreshTasks),
      refresh("cron", "/api/cron", showCron),
      refreshMail(),
      byId("log-follow").checked ? refresh("logs", logPath(), showLogs) : null,
      refresh("addresses", "/api/addresses", showAddresses),
      refresh("memcache", "/api/memcache", showMemcache),
    ]);
    tell(paused ? "Paused" : "Live", paused ? "" : "live");
  } catch (error) {
    tell("gaelocal does not respond", "lost");
  }
  if (!paused && !document.hidden) timer = window.setTimeout(refreshAll, REFRESH);
}

function tell(text, mood) {
  const state = byId("state");
  if (state.textContent === text) return;
  state.textContent = text;
  state.className = `state ${mood}`;
}

function pause() {
  paused = !paused;
  byId("pause").setAttribute("aria-pressed", paused);
  if (paused) {
    window.clearTimeout(timer);
    tell("Paused", "");
  } else refreshAll();
}

byId("pause").addEventListener("click", pause);
byId("tasks-close").addEventListener("click", () => chooseQueue(null));
byId("mail-clear").addEventListener("click", clearMail);
byId("mail-to").addEventListener("input", refreshMail);
byId("log-filter").addEventListener("input", () => refresh("logs", logPath(), showLogs));
byId("log-filter").addEventListener("submit", (event) => event.preventDefault());
document.addEventListener("visibilitychange", () => { if (!document.hidden && !paused) refreshAll(); });
refreshAll();
