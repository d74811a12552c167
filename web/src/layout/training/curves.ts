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
