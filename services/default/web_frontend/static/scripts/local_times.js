// Shows times, which the server renders in UTC, in the browser's time zone and language.
import { onPhotos } from "./page_updates.js";

const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "long", timeStyle: "short" });

export function showLocalTimes() {
  localise([document.body]);
  onPhotos(localise);
}

export function localise(roots) {
  for (const root of roots) root.querySelectorAll('time[datetime*="T"]').forEach(showLocal);
}

function showLocal(time) {
  const text = exact.format(new Date(time.dateTime));
  if (time.hasAttribute("data-exact")) time.textContent = text;
  else time.title = text;
}
