// Shares the page of a photo with the system's dialog, and copies its address.
import { announce } from "../page_updates.js";

const SHOWN = 2000; // milliseconds

export function enableSharing(root = document) {
  const share = root.querySelector("[data-share]");
  const copy = root.querySelector("[data-copy-link]");
  if (!share) return;
  share.hidden = !navigator.share;
  copy.hidden = !navigator.clipboard;
  share.addEventListener("click", () => navigator.share({ title: document.title, url: location.href }).catch(() => {}));
  copy.addEventListener("click", () => copyLink(copy));
}

async function copyLink(button) {
  const label = button.textContent;
  const isCopied = await navigator.clipboard.writeText(location.href).then(() => true, () => false);
  button.textContent = isCopied ? "Link copied" : "Copy the address of this page";
  announce(button.textContent);
  setTimeout(() => { button.textContent = label; }, SHOWN);
}
