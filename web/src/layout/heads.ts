import type { PlacedColumn, PlacedSpan } from "./stage.ts";
import type { Viewport } from "./viewport.ts";
import { type Measure, shortened } from "./words.ts";

/** Where a head stands on the screen, and how wide it may be. */
export interface HeadPlace {
  x: number;
  width: number;
}

const APART = 8;
const EDGE = 8;
/** Room and sight below which a head is not worth a line. */
const LEAST = 12;

/** Moved in from the left edge, as far as there is room; what begins on the screen may end beyond it. */
function within(left: number, right: number, width: number): HeadPlace | null {
  const x = Math.max(EDGE, left);
  return right - x < LEAST || x > width - LEAST ? null : { x, width: right - x };
}

/** Places of the columns' heads: above their cards, up to the next column, and in sight while the column is. */
export function headPlaces(columns: readonly PlacedColumn[], { k, x }: Viewport, width: number): (HeadPlace | null)[] {
  return columns.map((column, index) => {
    const next = columns[index + 1];
    const left = column.x * k + x;
    const right = next ? next.x * k + x - APART : Math.max(width, left + column.width * k);
    // A column that has left the screen takes its head along.
    return left + column.width * k < 0 ? null : within(left, right, width);
  });
}

/** Places of the names of opened groups: over their columns, as far as these are on the screen. */
export const spanPlaces = (spans: readonly PlacedSpan[], { k, x }: Viewport, width: number): (HeadPlace | null)[] =>
  spans.map((span) => within(span.x * k + x, (span.x + span.width) * k + x, width));

/** What the titles of layers begin with alike, up to a dot: "features." of "features.0" and "features.3-5". */
function commonStart(titles: readonly string[]): string {
  const starts = new Map<string, number>();
  for (const title of titles) {
    const dot = title.lastIndexOf(".") + 1;
    if (dot > 0) starts.set(title.slice(0, dot), (starts.get(title.slice(0, dot)) ?? 0) + 1);
  }
  const [start = "", count = 0] = [...starts].sort((a, b) => b[1] - a[1])[0] ?? [];
  return count > 1 ? start : "";
}

/** What stands in a head: the title as far as there is room, and how many of the signs beside it there is room for. */
export interface HeadWords {
  title: string;
  signs: number;
}

/** Width of a sign beside a title. */
const SIGN = 34;
/** Room for a title that is cut, below which it has all of it. */
const CUT = 84;

/**
 * Titles as there is room for them, each told apart from the others: else none. Signs give way first.
 *
 * What all begin with alike goes before anything else is cut, since it tells nothing; then the middle.
 */
export function headWords(
  titles: readonly string[],
  rooms: readonly { width: number; signs: number }[],
  measure: Measure,
): HeadWords[] {
  const roomOf = (index: number): number => rooms[index]?.width ?? 0;
  const start = commonStart(titles);
  const begins = (title: string): boolean => start !== "" && title.startsWith(start);
  // Those that are not on the screen have no room, and no say.
  const tight = titles.some((title, index) => begins(title) && roomOf(index) > 0 && measure(title) > roomOf(index));
  const rest = titles.map((title) => (tight && begins(title) ? `…${title.slice(start.length)}` : title));
  const cut = rest.map((title, index) => {
    const keep = measure(title) > roomOf(index) && roomOf(index) > CUT && (rooms[index]?.signs ?? 0) > 0;
    return shortened(title, roomOf(index) - (keep ? SIGN : 0), measure);
  });
  return cut.map((text, index) => {
    const alike = text !== rest[index] && cut.indexOf(text) !== cut.lastIndexOf(text);
    const title = alike ? "" : text;
    const left = Math.floor((roomOf(index) - measure(title)) / SIGN);
    return { title, signs: Math.max(0, Math.min(rooms[index]?.signs ?? 0, left)) };
  });
}

/** As many parts of a column's facts as there is room for; how many neurons it has goes last. */
export function factsWithin(detail: string, width: number, measure: Measure): string {
  const parts = detail.split(" · ");
  const most = parts.find((part) => /neuron|class/.test(part)) ?? parts[0] ?? "";
  const choices = [detail, parts.slice(0, -1).join(" · "), most];
  return choices.find((text) => measure(text) <= width) ?? "";
}
