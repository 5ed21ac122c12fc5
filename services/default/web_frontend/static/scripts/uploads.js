// Several photos at once: each with its words, its progress, and its own retries under one key.
import { chooseFromAnywhere, rowsOf, showCount, tell } from "./choosing.js";
import { announcePhotos, readPage, say } from "./pieces.js";
import { send } from "./sending.js";

const AT_ONCE = 3;

export function uploadWithProgress() {
  const form = document.querySelector("form[data-upload]");
  if (!form) return;
  chooseFromAnywhere(form);
  form.addEventListener("submit", (event) => post(event, form));
  addEventListener("beforeunload", (event) => form.ariaBusy === "true" && event.preventDefault());
  openSheetInPlace(form.closest("dialog"));
}

function openSheetInPlace(sheet) {
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
  const counts = await Promise.all(Array.from({ length: AT_ONCE }, () => postInTurn(form, waiting)));
  markBusy(form, false);
  finish(form, counts.reduce((sum, count) => sum + count));
}

function markBusy(form, isBusy) {
  form.ariaBusy = String(isBusy);
  form.querySelector("[type=submit]").disabled = isBusy;
}

async function postInTurn(form, waiting) {
  let posted = 0;
  for (let row = waiting.shift(); row; row = waiting.shift()) posted += await postOne(form, row);
  return posted;
}

async function postOne(form, row) {
  if (row.file.size > form.dataset.largest) return complain(row, "this picture is larger than 20 MB.");
  lock(row, true);
  const answer = await send(form.action, row, (part) => showProgress(row, part), (words) => tell(row, words));
  if (answer.isPosted) return showPosted(row, answer.html);
  lock(row, false);
  // Whoever changes the caption of a photo that may have arrived would ask for another photo under its key.
  row.querySelector("input").readOnly = answer.isUncertain;
  return complain(row, answer.words);
}

function lock(row, isLocked) {
  row.querySelectorAll("input, button").forEach((part) => { part.disabled = isLocked; });
  row.querySelector("progress").hidden = !isLocked;
}

function showProgress(row, part) {
  row.querySelector("progress").value = part;
  tell(row, part < 1 ? `${Math.round(part * 100)} % sent` : "sent, one moment");
}

function complain(row, words) {
  tell(row, words, true);
  say(row.querySelector(".said").textContent);
  return 0;
}

function showPosted(row, html) {
  row.remove();
  place(readPage(html).querySelector(".photo"));
  return 1;
}

function place(card) {
  const photos = document.querySelector(".photos[data-takes-new]");
  if (!photos || !card) return;
  photos.hidden = false;
  document.querySelector(".empty")?.remove();
  photos.prepend(card);
  announcePhotos([card]);
}

function finish(form, posted) {
  showCount(form);
  if (rowsOf(form).length) return;
  say(posted === 1 ? "Your photo is posted" : `${posted} photos are posted`);
  if (!document.querySelector(".photos[data-takes-new]")) location.assign(form.dataset.upload);
  else form.closest("dialog")?.close();
}
