import type { SeriesPoints } from "../../api/types.ts";
import type { Axis } from "./axis.ts";

/** A measured number as it comes over the wire: words for what is not finite, null for what was not measured. */
export type Measured = number | "nan" | "inf" | "-inf" | null;

export function real(value: Measured | undefined): number {
  if (typeof value === "number") return value;
  if (value === "inf") return Number.POSITIVE_INFINITY;
  return value === "-inf" ? Number.NEGATIVE_INFINITY : Number.NaN;
}

/** A line over steps. */
export interface Line {
  steps: readonly number[];
  values: readonly number[];
}

export const lineOf = (curve: SeriesPoints): Line => ({ steps: curve.steps, values: curve.values.map(real) });

/** A line whose values hold until the next one, to a last step. */
export function heldLine(line: Line, last: number): Line {
  const steps: number[] = [];
  const values: number[] = [];
  line.steps.forEach((step, i) => {
    const before = line.values[i - 1];
    if (before !== undefined) {
      steps.push(step);
      values.push(before);
    }
    steps.push(step);
    values.push(line.values[i] ?? Number.NaN);
  });
  const end = line.values.at(-1);
  if (end !== undefined && last > (line.steps.at(-1) ?? last)) {
    steps.push(last);
    values.push(end);
  }
  return { steps, values };
}

/**
 * The moving mean of a line: each point is what the one before was, by the share `smooth`, and itself.
 *
 * Where points are further apart than usual the past counts less. Corrected for the beginning, as in Adam; what is not
 * finite is passed over.
 */
export function smoothed(line: Line, smooth: number): Line {
  if (smooth <= 0 || line.steps.length < 3) return line;
  const gaps = line.steps.slice(1).map((step, i) => step - (line.steps[i] ?? 0));
  const usual = Math.max(1, [...gaps].sort((a, b) => a - b)[gaps.length >> 1] ?? 1);
  let [mean, weight] = [0, 0];
  const values = line.values.map((value, i) => {
    if (!Number.isFinite(value)) return value;
    const kept = smooth ** Math.min(50, Math.max(1, (gaps[i - 1] ?? usual) / usual));
    mean = kept * mean + (1 - kept) * value;
    weight = kept * weight + (1 - kept);
    return mean / weight;
  });
  return { steps: line.steps, values };
}

/** Least and greatest finite value of some lines; null without any. With `positive` only what is above 0 counts. */
export function rangeOf(lines: readonly Line[], positive = false): { low: number; high: number } | null {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { values } of lines) {
    for (const value of values) {
      if (!Number.isFinite(value) || (positive && value <= 0)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  return low <= high ? { low, high } : null;
}

/** How far outside of a range a level may lie and still be shown: as a share of the range, and of the level itself. */
const NEAR = { range: 0.25, level: 0.05 };

/** A range with room for a level that lies in it or near it; null for one that is too far away. */
export function rangeWith(
  range: { low: number; high: number },
  level: number,
  log = false,
): { low: number; high: number } | null {
  if (log && (level <= 0 || range.low <= 0)) return null;
  const place = (value: number): number => (log ? Math.log(value) : value);
  const [low, high, at] = [place(range.low), place(range.high), place(level)];
  const away = Math.max(0, low - at, at - high);
  // A loss that hardly moves is near a level that is far away by its own small range.
  const alike = log ? Math.log1p(NEAR.level) : NEAR.level * Math.abs(level);
  if (away > Math.max(NEAR.range * (high - low), alike)) return null;
  return { low: Math.min(range.low, level), high: Math.max(range.high, level) };
}

export interface Drawn {
  /** Pieces without a break, each as x, y, x, y ... in pixels from the left upper corner. */
  pieces: number[][];
  /** Where something was not finite, in pixels from the left. */
  strange: number[];
}

/** A line in a box of pixels; it breaks where a value is not finite. */
export function drawnLine(line: Line, x: Axis, y: Axis, size: { width: number; height: number }): Drawn {
  const drawn: Drawn = { pieces: [], strange: [] };
  let piece: number[] = [];
  const end = (): void => {
    if (piece.length > 0) drawn.pieces.push(piece);
    piece = [];
  };
  line.steps.forEach((step, i) => {
    const [value, left] = [line.values[i] ?? Number.NaN, x.at(step) * size.width];
    if (!Number.isFinite(value)) {
      if (left >= 0 && left <= size.width) drawn.strange.push(left);
      end();
      return;
    }
    piece.push(left, size.height * (1 - Math.min(1.5, Math.max(-0.5, y.at(value)))));
  });
  end();
  return drawn;
}

/** Half the height of small words, with a little room, in pixels. */
const HALF = 6;

/**
 * How far below the upper edge the middle of words stands that belong to a level: as near to it as no line runs through
 * them, or right beside it where lines are everywhere.
 *
 * `from` and `to` are the words' ends, `bottom` is the lowest place that they may take; `pieces` as in `Drawn`.
 */
export function besideLevel(
  level: number,
  words: { from: number; to: number; bottom: number },
  pieces: readonly (readonly number[])[],
): number {
  const covered = pieces.flatMap((piece) => heightsBetween(piece, words.from, words.to));
  const places = Array.from({ length: 10 }, (_, i) => [level - 7 - 5 * i, level + 8 + 5 * i])
    .flat()
    .filter((place) => place >= HALF && place <= words.bottom);
  const free = places.find((place) => covered.every(([top, low]) => low < place - HALF || top > place + HALF));
  return free ?? places[0] ?? words.bottom;
}

/** Upper and lower end of each stretch of a line between two places from the left. */
function heightsBetween(piece: readonly number[], from: number, to: number): [number, number][] {
  const found: [number, number][] = [];
  for (let i = 0; i + 3 < piece.length; i += 2) {
    const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = piece.slice(i, i + 4);
    if (x1 < from || x0 > to) continue;
    const at = (x: number): number => (x1 === x0 ? y1 : y0 + ((y1 - y0) * (x - x0)) / (x1 - x0));
    const ends = [at(Math.max(x0, from)), at(Math.min(x1, to)), ...(x1 === x0 ? [y0] : [])];
    found.push([Math.min(...ends), Math.max(...ends)]);
  }
  return found;
}

/** What a line says at a step: its last value up to it; null before its first. */
export function valueAt(line: Line, step: number): number | null {
  let [low, high] = [0, line.steps.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((line.steps[middle] ?? 0) <= step) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? null : (line.values[low - 1] ?? null);
}
