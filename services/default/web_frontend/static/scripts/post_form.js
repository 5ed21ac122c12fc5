// The post form: uploads several photos, each with a caption, progress and retries.
import { enableFileChooser, rowsOf, showMessage, updateSubmitButton } from "./file_chooser.js";
import { announce, announcePhotos, parsePage } from "./page_updates.js";
import { upload } from "./upload_with_retries.js";

const CONCURRENT_UPLOADS = 3;

export function enhancePostForm() {
  const form = document.querySelector("form[data-upload]");
  if (!form) return;
  enableFileChooser(form);
  form.addEventListener("submit", (event) => post(event, form));
  addEventListener("beforeunload", (event) => form.ariaBusy === "true" && event.preventDefault());
  openSheetFromLinks(form.closest("dialog"));
}

function openSheetFromLinks(sheet) {
  if (!sheet) return;
  for (const link of document.querySelectorAll("a[data-opens-sheet]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      sheet.showModal();
    });
  }
  sheet.querySelector(".close").addEventListener("click", () => sheet.close());
}

async function post(event, form) {
  event.preventDefault();
  const waiting = rowsOf(form);
  if (!waiting.length) return form.elements.image.click();
  markBusy(form, true);
  const counts = await Promise.all(Array.from({ length: CONCURRENT_UPLOADS }, () => postNext(form, waiting)));
  markBusy(form, false);
  finish(form, counts.reduce((sum, count) => sum + count));
}

function markBusy(form, isBusy) {
  form.ariaBusy = String(isBusy);
  form.querySelector("[type=submit]").disabled = isBusy;
}

async function postNext(form, waiting) {
  let posted = 0;
  for (let row = waiting.shift(); row; row = waiting.shift()) posted += await postOne(form, row);
  return posted;
}

async function postOne(form, row) {
  if (row.file.size > form.dataset.maxBytes) return showError(row, "This photo is larger than 20 MB.");
  lock(row, true);
  const result = await upload(form.action, row, (share) => showProgress(row, share), (text) => showMessage(row, text));
  if (result.isPosted) return showPosted(row, result.html);
  lock(row, false);
  // The photo may have arrived, and its key must not be used with another caption.
  row.querySelector("input").readOnly = result.isUncertain;
  return showError(row, result.error);
}

function lock(row, isLocked) {
  row.querySelectorAll("input, button").forEach((part) => { part.disabled = isLocked; });
  row.querySelector("progress").hidden = !isLocked;
}

function showProgress(row, share) {
  row.querySelector("progress").value = share;
  showMessage(row, share < 1 ? `${Math.round(share * 100)} % uploaded` : "uploaded, posting");
}

function showError(row, error) {
  showMessage(row, error, true);
  announce(row.querySelector(".message").textContent);
  return 0;
}

function showPosted(row, html) {
  row.remove();
  place(parsePage(html).querySelector(".photo"));
  return 1;
}

function place(card) {
  const photos = document.querySelector(".photos[data-accepts-new]");
  if (!photos || !card) return;
  photos.hidden = false;
  document.querySelector(".empty")?.remove();
  photos.prepend(card);
  announcePhotos([card]);
}

function finish(form, posted) {
  updateSubmitButton(form);
  if (rowsOf(form).length) return;
  announce(posted === 1 ? "Photo posted" : `${posted} photos posted`);
  if (!document.querySelector(".photos[data-accepts-new]")) location.assign(form.dataset.upload);
  else form.closest("dialog")?.close();
}
