// Infinite scroll: loads the next page shortly before the reader reaches the end of this one.
import { announce, announcePhotos, fetchPage } from "./page_updates.js";

const PAGES_BY_SCROLL = 5; // then the reader selects the link, so that the footer stays reachable

export function loadMoreOnScroll() {
  const more = document.querySelector(".more");
  if (!more) return;
  let pagesLeft = navigator.connection?.saveData ? 0 : PAGES_BY_SCROLL;
  const observer = new IntersectionObserver(
    (entries) => entries.some((entry) => entry.isIntersecting) && pagesLeft-- > 0 && load(more, observer),
    { rootMargin: "1500px" }, // far enough that the last row, which changes its size, is not visible yet
  );
  more.addEventListener("click", (event) => loadOnClick(event, more, observer));
  observer.observe(more);
}

function loadOnClick(event, more, observer) {
  const link = event.target.closest("a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  load(more, observer).then((first) => first?.querySelector("a").focus());
}

async function load(more, observer) {
  const link = more.querySelector("a");
  if (!link || more.ariaBusy === "true") return null;
  more.ariaBusy = "true";
  observer.unobserve(more);
  try {
    return show(await fetchPage(link.href), more, observer);
  } catch {
    announce("More photos could not be loaded. Select the link at the end of the page to try again.");
    return null;
  } finally {
    more.ariaBusy = "false";
  }
}

function show(page, more, observer) {
  const photos = [...page.querySelectorAll(".photos > .photo")].filter((photo) => !document.getElementById(photo.id));
  document.querySelector(".photos").append(...photos);
  more.replaceChildren(...(page.querySelector(".more")?.childNodes ?? []));
  if (more.querySelector("a")) observer.observe(more);
  announcePhotos(photos);
  announce(`${photos.length} more photos`);
  return photos[0];
}
