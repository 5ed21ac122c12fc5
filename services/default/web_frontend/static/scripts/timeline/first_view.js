// Loads the photos below the first view when the reader scrolls. Until then they would compete with the visible ones.

/** Ends what photos.css does to later photos: when the reader scrolls, and at once if the window shows some of them. */
export function loadFirstViewOnly(timeline) {
  const end = new AbortController();
  const loadAll = () => {
    timeline.classList.remove("first-view");
    end.abort();
  };
  const later = [...timeline.querySelectorAll("picture img")].find((image) => getComputedStyle(image).top !== "0px");
  if (!later) return loadAll();
  const observer = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && loadAll());
  observer.observe(later.closest(".photo"));
  end.signal.addEventListener("abort", () => observer.disconnect());
  return addEventListener("scroll", loadAll, { passive: true, signal: end.signal });
}
