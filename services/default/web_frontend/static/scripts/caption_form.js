// Saves a caption without leaving the page, and shows errors next to the field.
import { announce, parsePage, problemText } from "./page_updates.js";

export function saveCaptionsInPlace() {
  document.querySelectorAll("form[data-caption]").forEach((form) => form.addEventListener("submit", save));
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
  if (!response.ok) return problemText(await response.json(), "The caption could not be saved.");
  document.querySelector("h1").replaceWith(parsePage(await response.text()).querySelector("h1"));
  return "";
}

function showError(form, error) {
  const caption = form.elements.caption;
  form.querySelector(".message").textContent = error;
  caption.ariaInvalid = error ? "true" : "false";
  if (error) caption.focus();
}

function close(form) {
  const details = form.closest("details");
  details.open = false;
  details.querySelector("summary").focus();
  announce("Caption saved.");
}
