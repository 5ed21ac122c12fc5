// Times in the reader's own zone and language; the server wrote them in UTC.
import { onPhotos } from "./pieces.js";

const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "long", timeStyle: "short" });

export function showLocalTimes() {
  localise([document.body]);
  onPhotos(localise);
}

function localise(roots) {
  for (const root of roots) root.querySelectorAll("time[datetime]").forEach(showLocal);
}

function showLocal(time) {
  const words = exact.format(new Date(time.dateTime));
  if (time.hasAttribute("data-exact")) time.textContent = words;
  else time.title = words;
}
