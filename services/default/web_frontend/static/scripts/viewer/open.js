// Opens photos of the timeline in the viewer, which is loaded when the page is idle.

const whenIdle = window.requestIdleCallback ?? ((work) => setTimeout(work, 1000));

export function openPhotosInViewer() {
  const timeline = document.querySelector(".timeline");
  if (!timeline) return;
  timeline.addEventListener("click", open);
  addEventListener("load", () => whenIdle(() => import("./viewer.js")));
}

async function open(event) {
  const link = event.target.closest("a.picture");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const module = await import("./viewer.js").catch(() => null);
  if (module) module.openViewer(link.closest(".photo"));
  else location.assign(link.href);
}
