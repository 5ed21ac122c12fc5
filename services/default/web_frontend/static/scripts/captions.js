// A caption is changed in its place; what is wrong with it is said beside it, and what was written stays.
import { readPage, say, sentenceOf } from "./pieces.js";

export function changeCaptionsInPlace() {
  document.querySelectorAll("form[data-caption]").forEach((form) => form.addEventListener("submit", save));
}

async function save(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const button = form.querySelector("button");
  button.disabled = true;
  const words = await refusalOf(form).catch(() => "The connection was lost. Press Save to try again.");
  button.disabled = false;
  tell(form, words);
  if (!words) close(form);
}

async function refusalOf(form) {
  const answer = await fetch(form.action, {
    method: "POST",
    body: new FormData(form),
    headers: { Accept: "application/problem+json" },
  });
  if (!answer.ok) return sentenceOf(await answer.json(), "The caption was refused.");
  document.querySelector("h1").replaceWith(readPage(await answer.text()).querySelector("h1"));
  return "";
}

function tell(form, words) {
  const caption = form.elements.caption;
  form.querySelector(".said").textContent = words;
  caption.ariaInvalid = words ? "true" : "false";
  if (words) caption.focus();
}

function close(form) {
  const details = form.closest("details");
  details.open = false;
  details.querySelector("summary").focus();
  say("The caption is saved.");
}
