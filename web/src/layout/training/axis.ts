import { number } from "../words.ts";

export interface Tick {
  value: number;
  label: string;
}

/** How values become places: 0 at the lower end, 1 at the upper. */
export interface Axis {
  readonly kind: "linear" | "log";
  readonly low: number;
  readonly high: number;
  at(value: number): number;
}

const MOST_DECADES = 12;

function linear(low: number, high: number): Axis {
  const span = high - low;
  return { kind: "linear", low, high, at: (value) => (value - low) / span };
}

function logarithmic(low: number, high: number): Axis {
  const [from, to] = [Math.log10(low), Math.log10(high)];
  // What is 0 or less lies below any place that can be seen.
  return { kind: "log", low, high, at: (value) => (value > 0 ? (Math.log10(value) - from) / (to - from) : -1) };
}

/**
 * An axis that shows values from `low` to `high`, with a little room; logarithmic only when asked and all are above 0.
 */
export function axisOf(low: number, high: number, log = false): Axis {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return linear(0, 1);
  if (log && high > 0) {
    const least = Math.max(low > 0 ? low : high * 10 ** -MOST_DECADES, high * 10 ** -MOST_DECADES);
    const room = Math.max(0.04 * Math.log10(high / least), 0.02);
    return logarithmic(least / 10 ** room, high * 10 ** room);
  }
  const size = Math.max(Math.abs(low), Math.abs(high), 1e-12);
  // What does not change is drawn in the middle, with ticks that differ.
  const room = high - low > 1e-6 * size ? 0.05 * (high - low) : 0.5 * size;
  return linear(low - room, high + room);
}

/** The same without room, for shares. */
export const shareAxis = (): Axis => linear(-0.03, 1.03);

/** The distance of round numbers that gives about so many ticks. */
function step(span: number, most: number): number {
  const rough = span / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  return ([1, 2, 5, 10].find((one) => one * power >= rough) ?? 10) * power;
}

/** Round values along an axis, at most about so many. */
export function ticksOf(axis: Axis, most: number): Tick[] {
  if (axis.kind === "log") return logTicks(axis, most);
  const distance = step(axis.high - axis.low, most);
  const first = Math.ceil(axis.low / distance);
  const count = Math.floor(axis.high / distance) - first + 1;
  // Through integers, so that 0.3 does not become 0.30000000000000004.
  const values = Array.from({ length: Math.max(0, count) }, (_, i) => Number(((first + i) * distance).toPrecision(12)));
  // Of values that hardly change more digits are needed to tell them apart.
  const alike = new Set(values.map(plain)).size < values.length;
  return values.map((value) => ({ value, label: alike ? asFineAs(distance, value) : plain(value) }));
}

function asFineAs(distance: number, value: number): string {
  const digits = Math.min(12, Math.max(0, Math.ceil(-Math.log10(distance))));
  return value.toFixed(digits).replace("-", "−");
}

function logTicks(axis: Axis, most: number): Tick[] {
  const [from, to] = [Math.ceil(Math.log10(axis.low)), Math.floor(Math.log10(axis.high))];
  if (to - from < 1) {
    const around = linear(axis.low, axis.high);
    return ticksOf(around, most).filter(({ value }) => value > 0);
  }
  const every = Math.max(1, Math.ceil((to - from + 1) / most));
  return Array.from({ length: Math.floor((to - from) / every) + 1 }, (_, i) => {
    const power = from + i * every;
    return { value: 10 ** power, label: powerLabel(power) };
  });
}

function powerLabel(power: number): string {
  return power >= -3 && power <= 4 ? plain(10 ** power) : `1e${power}`;
}

function plain(value: number): string {
  const size = Math.abs(value);
  if (value === 0) return "0";
  if (size >= 1e5 || size < 1e-4) return value.toExponential(0).replace("+", "").replace("-", "−").replace("e−", "e-");
  return size >= 1000 ? number(value) : String(Number(value.toPrecision(4))).replace("-", "−");
}

/** Steps along a plot's width: 0 at its left end, 1 at its right. */
export function stepAxis(first: number, last: number): Axis {
  return linear(first, Math.max(last, first + 1));
}

/** The step at a share of the width. */
export const stepAt = (axis: Axis, share: number): number =>
  Math.round(axis.low + Math.min(1, Math.max(0, share)) * (axis.high - axis.low));
