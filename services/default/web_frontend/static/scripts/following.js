// A part of the page about work that goes on is asked for again until the work is done.
import { fetchPage, say, wait } from "./pieces.js";

const FIRST_WAIT = 500; // milliseconds
const LONGEST_WAIT = 5000;

export function followWork() {
  document.querySelectorAll("[data-follow]").forEach(follow);
}

async function follow(part) {
  let pause = FIRST_WAIT;
  while (part.isConnected && "follow" in part.dataset) {
    await wait(pause);
    pause = Math.min(pause * 1.3, LONGEST_WAIT);
    if (!document.hidden) part = await renewed(part);
  }
  say(part.querySelector("p").textContent);
}

async function renewed(part) {
  const page = await fetchPage(location.pathname).catch(() => null);
  const newer = page?.getElementById(part.id);
  if (!newer || newer.isEqualNode(part)) return part;
  part.replaceWith(newer);
  return newer;
}
