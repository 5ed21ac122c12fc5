// Computes the rows of the grid as photos.css lays them out, so that the height of every row is known without elements.

const ROUNDING = 0.01; // pixels; the browser rounds widths
const NARROWEST = 0.8; // the aspect ratio of the tallest picture on a phone

/** Reads the lengths of the grid from its style sheet, in pixels. */
export function measure(timeline) {
  const style = getComputedStyle(timeline);
  const length = (name) => parseFloat(style.getPropertyValue(name));
  const isSingle = matchMedia("(max-width: 40rem)").matches;
  return {
    width: timeline.getBoundingClientRect().width,
    pageWidth: document.documentElement.clientWidth,
    row: length("--row"),
    tile: length("--tile"),
    across: length("--across"),
    down: length("--down"),
    words: length("--words"),
    headingLine: 2.75 * parseFloat(getComputedStyle(document.documentElement).fontSize),
    isSingle,
  };
}

/** Returns rows {from, to, height, isFull} of the items from `start` on; only the last one can be incomplete. */
export function rowsOf(items, start, lengths) {
  return lengths.isSingle ? singleRows(items, start, lengths) : justifiedRows(items, start, lengths);
}

function singleRows(items, start, { pageWidth, words, headingLine }) {
  return items.slice(start).map((item, index) => ({
    from: start + index,
    to: start + index + 1,
    height: pageWidth / Math.max(item.ratio, NARROWEST) + words + (item.isFirst ? headingLine : 0),
    isFull: true,
  }));
}

function justifiedRows(items, start, lengths) {
  const rows = [];
  let row = emptyRow(start);
  for (let index = start; index < items.length; index += 1) {
    const item = items[index];
    const heading = item.isFirst ? lengths.tile + lengths.across : 0;
    const width = item.ratio * lengths.row + heading;
    const needed = row.width + (row.to > row.from ? lengths.across : 0) + width;
    if (row.to > row.from && needed > lengths.width + ROUNDING) {
      rows.push(finished(row, true, lengths));
      row = emptyRow(index);
    }
    row.width += (row.to > row.from ? lengths.across : 0) + width;
    row.ratios += item.ratio;
    row.to = index + 1;
  }
  if (row.to > row.from) rows.push(finished(row, false, lengths));
  return rows;
}

function emptyRow(index) {
  return { from: index, to: index, width: 0, ratios: 0 };
}

/** A full row fills the width; the last one keeps the height of the style sheet unless a photo is too wide. */
function finished(row, isFull, lengths) {
  const spare = lengths.width - row.width;
  const stretch = isFull || spare < 0 ? spare / row.ratios : 0;
  return { from: row.from, to: row.to, height: lengths.row + stretch + lengths.words, isFull };
}
