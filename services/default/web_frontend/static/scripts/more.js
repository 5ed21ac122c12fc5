// The next page comes shortly before the reader reaches the end of this one; the link stays for everyone else.
import { announcePhotos, fetchPage, say } from "./pieces.js";

const PAGES_BY_SCROLL = 5; // then the reader asks: the end of the page must stay within reach

export function loadMoreOnScroll() {
  const more = document.querySelector(".more");
  if (!more) return;
  let pagesLeft = navigator.connection?.saveData ? 0 : PAGES_BY_SCROLL;
  const near = new IntersectionObserver(
    (seen) => seen.some((entry) => entry.isIntersecting) && pagesLeft-- > 0 && load(more, near),
    { rootMargin: "1500px" }, // far enough that the last row, which grows then, is still out of sight
  );
  more.addEventListener("click", (event) => loadByHand(event, more, near));
  near.observe(more);
}

function loadByHand(event, more, near) {
  const link = event.target.closest("a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  load(more, near).then((first) => first?.querySelector("a").focus());
}

async function load(more, near) {
  const link = more.querySelector("a");
  if (!link || more.ariaBusy === "true") return null;
  more.ariaBusy = "true";
  near.unobserve(more);
  try {
    return show(await fetchPage(link.href), more, near);
  } catch {
    say("More photos could not be loaded. The link at the end of the page tries again.");
    return null;
  } finally {
    more.ariaBusy = "false";
  }
}

function show(page, more, near) {
  const photos = [...page.querySelectorAll(".photos > .photo")].filter((photo) => !document.getElementById(photo.id));
  document.querySelector(".photos").append(...photos);
  more.replaceChildren(...(page.querySelector(".more")?.childNodes ?? []));
  if (more.querySelector("a")) near.observe(more);
  announcePhotos(photos);
  say(`${photos.length} more photos`);
  return photos[0];
}
