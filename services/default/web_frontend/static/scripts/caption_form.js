// Saves a caption without leaving the page, and shows errors next to the field.
import { announce, announcePhotos, fetchPage, parsePage, problemText, signInLink } from "./page_updates.js";

export function saveCaptionsInPlace(root = document) {
  root.querySelectorAll("form[data-caption]").forEach((form) => form.addEventListener("submit", save));
}

async function save(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const button = form.querySelector("button");
  button.disabled = true;
  const error = await errorOf(form).catch(() => "The connection was lost. Select Save to try again.");
  button.disabled = false;
  showError(form, error);
  if (!error) close(form);
}

async function errorOf(form) {
  const response = await fetch(form.action, {
    method: "POST",
    body: new FormData(form),
    headers: { Accept: "application/problem+json" },
  });
  form.dataset.needsSignIn = response.status === 401 ? "yes" : "";
  if (!response.ok) return problemText(await response.json(), "The caption could not be saved.");
  form.closest(".words").querySelector("h1").replaceWith(parsePage(await response.text()).querySelector(".words h1"));
  updateCard(location.pathname.split("/")[2]);
  return "";
}

/** Shows the new caption in the grid behind the viewer. */
async function updateCard(id) {
  const card = document.getElementById(`photo-${id}`);
  if (!card) return;
  const page = await fetchPage(`/photo/${id}/card`).catch(() => null);
  const text = page?.querySelector("figcaption");
  if (!text) return;
  card.querySelector("figcaption").replaceWith(text);
  announcePhotos([card]);
}

function showError(form, error) {
  const caption = form.elements.caption;
  form.querySelector(".message").textContent = error;
  if (form.dataset.needsSignIn) form.querySelector(".message").append(" ", signInLink());
  caption.ariaInvalid = error ? "true" : "false";
  if (error) caption.focus();
}

function close(form) {
  const details = form.closest("details");
  details.open = false;
  details.querySelector("summary").focus();
  announce("Caption saved.");
}
