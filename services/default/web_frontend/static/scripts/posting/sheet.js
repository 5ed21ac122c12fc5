// The form for posting: a row for each chosen photo, with its caption. Rows survive Back, a reload and a closed page.
import { announce } from "../page_updates.js";
import { acceptFiles } from "./file_sources.js";
import { check, formatBytes, megabytes } from "./image_check.js";
import { add, change, claimShared, fileOf, list, queueAll, remove, reopen } from "./post_store.js";
import { showPreview } from "./previews.js";

const MOST_PIXELS = 50_000_000;

/** `submit` is called when posts were queued. */
export function enablePostForm(form, user, submit) {
  const sheet = { form, user, submit, dialog: form.closest("dialog"), adding: Promise.resolve() };
  showPartsForScripts(form);
  acceptFiles(form, (files) => addFiles(sheet, files));
  form.addEventListener("submit", (event) => queueRows(event, sheet));
  openFromLinks(sheet);
  restoreDrafts(sheet);
  addEventListener("pageshow", (event) => event.persisted && restoreDrafts(sheet));
  return { edit: (key) => edit(sheet, key) };
}

function showPartsForScripts(form) {
  form.elements.image.multiple = true;
  form.elements.image.required = false;
  form.querySelector("[data-single]").hidden = true;
  form.querySelector("[data-limit]").textContent = megabytes(Number(form.dataset.maxBytes));
  form.querySelectorAll(".with-script, .camera").forEach((part) => { part.hidden = false; });
}

function openFromLinks(sheet) {
  if (!sheet.dialog) return;
  document.addEventListener("click", (event) => {
    if (!event.target.closest("a[data-opens-sheet]") || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(sheet);
  });
  sheet.dialog.querySelector(".close").addEventListener("click", () => sheet.dialog.close());
  sheet.dialog.addEventListener("close", () => sheet.form.querySelectorAll(".chosen .refused").forEach((row) => row.remove()));
}

function open(sheet) {
  if (sheet.dialog && !sheet.dialog.open) sheet.dialog.showModal();
}

/** Adds files one after the other, because checks take different times and the order must stay. */
function addFiles(sheet, files) {
  open(sheet);
  for (const file of files) afterOthers(sheet, () => addFile(sheet, file));
}

/** A file that cannot be added, because the browser cannot read it any more, does not keep others from being added. */
function afterOthers(sheet, work) {
  sheet.adding = sheet.adding.then(work).catch((error) => console.warn("A photo could not be added.", error));
}

async function addFile(sheet, file) {
  const { type, error } = await check(file, Number(sheet.form.dataset.maxBytes));
  if (error) return showRefused(sheet, file, error);
  const post = await add(sheet.user, file, { type, formBytes: Number(sheet.form.dataset.formBytes) });
  return showRow(sheet, post, file);
}

function showRefused(sheet, file, error) {
  const row = newRow(sheet, file);
  row.classList.add("refused");
  row.querySelector("input").remove();
  row.querySelector("button").addEventListener("click", () => removeRow(sheet, row));
  refuse(row, file.name, error);
  sheet.form.querySelector(".chosen").append(row);
  update(sheet);
}

function refuse(row, name, error) {
  const message = row.querySelector(".message");
  message.textContent = `${name} ${error}`;
  message.classList.add("wrong");
  announce(message.textContent);
}

async function showRow(sheet, post, file) {
  if (rowOf(sheet, post.key)) return;
  const row = newRow(sheet, file);
  const caption = row.querySelector("input");
  row.dataset.key = post.key;
  row.querySelector(".message").textContent = `${post.name}, ${formatBytes(post.size)}`;
  caption.ariaLabel = `Caption for ${post.name}`;
  caption.value = sessionStorage.getItem(unsavedKey(post.key)) ?? post.caption;
  caption.addEventListener("input", () => saveCaption(post.key, caption.value));
  row.querySelector("button").ariaLabel = `Remove ${post.name}`;
  row.querySelector("button").addEventListener("click", () => remove(post.key).then(() => removeRow(sheet, row)));
  sheet.form.querySelector(".chosen").append(row);
  update(sheet);
}

/** Keeps the caption at once as well: a page that is left may not finish writing to the database. */
async function saveCaption(key, caption) {
  sessionStorage.setItem(unsavedKey(key), caption);
  await change(key, { caption });
  if (sessionStorage.getItem(unsavedKey(key)) === caption) sessionStorage.removeItem(unsavedKey(key));
}

function unsavedKey(key) {
  return `caption of ${key}`;
}

function newRow(sheet, file) {
  const row = sheet.form.querySelector("template").content.firstElementChild.cloneNode(true);
  const image = row.querySelector("img");
  row.querySelector("button").ariaLabel = `Remove ${file.name}`;
  showPreview(image, file).then((ratio) => {
    row.classList.toggle("without-preview", !ratio);
    if (image.naturalWidth * image.naturalHeight > MOST_PIXELS) refuseLater(sheet, row, file.name);
  });
  return row;
}

/** A photo that was submitted before its preview was drawn is left to the server, whose answer the status of uploads shows. */
function refuseLater(sheet, row, name) {
  if (!row.isConnected) return;
  row.classList.add("refused");
  row.querySelector("input")?.remove();
  refuse(row, name, "has more than 50 megapixels. Choose a smaller one.");
  if (row.dataset.key) remove(row.dataset.key);
  delete row.dataset.key;
  update(sheet);
}

function rowOf(sheet, key) {
  return sheet.form.querySelector(`.chosen [data-key="${key}"]`);
}

function removeRow(sheet, row) {
  row.remove();
  update(sheet);
  sheet.form.elements.image.focus();
}

/** Shows the number and size of the photos that the button posts. */
function update(sheet) {
  const count = sheet.form.querySelectorAll(".chosen [data-key]").length;
  sheet.form.querySelector("[type=submit]").textContent = count > 1 ? `Post ${count} photos` : "Post photo";
  list(sheet.user, "draft").then((drafts) => {
    const bytes = drafts.reduce((sum, draft) => sum + draft.size, 0);
    sheet.form.querySelector("[data-total]").textContent = drafts.length > 1 ? formatBytes(bytes) : "";
  });
}

async function restoreDrafts(sheet) {
  const share = new URLSearchParams(location.search).get("share");
  if (share) await claimShared(share, sheet.user);
  if (share) history.replaceState(null, "", location.pathname);
  for (const post of await list(sheet.user, "draft")) afterOthers(sheet, () => restore(sheet, post));
}

/** Files from other apps are checked now; all others were checked when they were chosen. */
async function restore(sheet, post) {
  const file = await fileOf(post.key);
  if (!file) return remove(post.key);
  if (post.formBytes) return showRow(sheet, post, file);
  const { type, error } = await check(file, Number(sheet.form.dataset.maxBytes));
  if (error) return remove(post.key).then(() => showRefused(sheet, file, error));
  return showRow(sheet, await change(post.key, { type, formBytes: Number(sheet.form.dataset.formBytes) }), file);
}

/** Opens the form again with a photo that was refused, under a new key, because its caption may change. */
async function edit(sheet, key) {
  const draft = await reopen(key);
  if (!draft) return;
  await showRow(sheet, draft, await fileOf(draft.key));
  if (sheet.dialog) open(sheet);
  rowOf(sheet, draft.key)?.querySelector("input").focus();
}

async function queueRows(event, sheet) {
  event.preventDefault();
  await sheet.adding;
  const rows = [...sheet.form.querySelectorAll(".chosen [data-key]")];
  if (!rows.length) return sheet.form.elements.image.click();
  await queueAll(sheet.user, new Map(rows.map((row) => [row.dataset.key, row.querySelector("input").value])));
  rows.forEach((row) => row.remove());
  update(sheet);
  const isClean = !sheet.form.querySelector(".chosen li");
  if (isClean) sheet.dialog?.close();
  return sheet.submit({ isClean });
}
