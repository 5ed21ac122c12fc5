// Keeps the position in a timeline for a reload and for Back, with the list of photos but without their elements.

const key = `timeline:${location.pathname}${location.search}`;

export function savePosition(timeline) {
  const saved = { ...timeline.list.saved(), place: scrollY > 0 ? timeline.place() : null };
  try {
    sessionStorage.setItem(key, JSON.stringify(saved));
  } catch {
    sessionStorage.clear(); // full: the browser's own position is better than an old one
  }
}

export function restorePosition(timeline) {
  history.scrollRestoration = "manual";
  const saved = wasHereBefore() && JSON.parse(sessionStorage.getItem(key) ?? "null");
  if (!saved?.place || !timeline.list.restore(saved)) return;
  timeline.layOut(0);
  timeline.scrollToPlace(saved.place);
}

function wasHereBefore() {
  const [navigation] = performance.getEntriesByType("navigation");
  return navigation?.type === "reload" || navigation?.type === "back_forward";
}
