// Polls the server for the progress of a background task, until the task is done.
import { announce, fetchPage, wait } from "./page_updates.js";

const FIRST_WAIT = 500; // milliseconds
const LONGEST_WAIT = 5000;

export function pollProgress() {
  document.querySelectorAll("[data-follow]").forEach(poll);
}

async function poll(section) {
  let pause = FIRST_WAIT;
  while (section.isConnected && "follow" in section.dataset) {
    await wait(pause);
    pause = Math.min(pause * 1.3, LONGEST_WAIT);
    if (!document.hidden) section = await refreshed(section);
  }
  announce(section.querySelector("p").textContent);
}

async function refreshed(section) {
  const page = await fetchPage(location.pathname).catch(() => null);
  const newer = page?.getElementById(section.id);
  if (!newer || newer.isEqualNode(section)) return section;
  section.replaceWith(newer);
  return newer;
}
