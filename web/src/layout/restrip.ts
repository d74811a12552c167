import type { Squares, Strip } from "./skyline.ts";

/** Where squares that were set down before lie in the list of now; null for those that are new or of another size. */
export type Before = readonly (number | null)[];

/** Places that are looked at closely for a new square. */
const PLACES = 24;

interface Place {
  x: number;
  y: number;
}

interface Laid extends Place {
  side: number;
  region: number;
}

const across = (a: { x: number; side: number }, b: { x: number; side: number }): boolean =>
  a.x < b.x + b.side && b.x < a.x + a.side;

/** From the top to the bottom; of squares at one height the left one first. */
const downwards = (a: Place, b: Place): number => a.y - b.y || a.x - b.x;

/** Where a square comes to lie at an x: below all of its own and of earlier regions. */
function restsAt(laid: readonly Laid[], x: number, square: Pick<Laid, "side" | "region">): number {
  const above = laid.filter((one) => one.region <= square.region && across(one, { x, side: square.side }));
  return Math.max(0, ...above.map((one) => one.y + one.side));
}

/** Make room below a square that was put among others: later regions give way, and keep below what they lay below. */
function pushed(laid: readonly Laid[], placed: Laid): Laid[] {
  const out: Laid[] = [];
  for (const one of [...laid].sort(downwards)) {
    const above = out.filter((other) => across(other, one));
    if (one.region > placed.region && across(placed, one)) above.push(placed);
    out.push({ ...one, y: Math.max(one.y, ...above.map((other) => other.y + other.side)) });
  }
  return out;
}

const heightOf = (laid: readonly Laid[]): number => Math.max(0, ...laid.map((one) => one.y + one.side));

/** The lowest result of putting one more square among those that lie; null when it is wider than the strip. */
function inserted(laid: readonly Laid[], square: Pick<Laid, "side" | "region">, width: number): [Laid[], Place] | null {
  const edges = laid.flatMap((one) => [one.x, one.x + one.side, one.x - square.side, one.x + one.side - square.side]);
  const xs = [...new Set([0, ...edges])].filter((x) => x >= 0 && x + square.side <= width);
  const places = xs.map((x): Place => ({ x, y: restsAt(laid, x, square) })).sort(downwards);
  let best: [Laid[], Place] | null = null;
  let lowest = Number.POSITIVE_INFINITY;
  for (const place of places.slice(0, PLACES)) {
    const after = pushed(laid, { ...square, ...place });
    const height = Math.max(heightOf(after), place.y + square.side);
    if (height < lowest) [best, lowest] = [[after, place], height];
  }
  return best;
}

/**
 * A strip made anew from the one before a small change: what was there stays where it was, or gives way downwards.
 *
 * New squares go below their own region and above the later ones; what went leaves a gap. Null when a new one does
 * not fit into the width.
 *
 * @param squares The squares of now.
 * @param before Where each lay before, by its place in `earlier`.
 * @param earlier The strip before.
 * @param width As wide as the strip may be.
 */
export function restrip(squares: Squares, before: Before, earlier: Strip, width: number): Strip | null {
  const { sides, regions } = squares;
  const square = (index: number): Pick<Laid, "side" | "region"> => ({
    side: sides[index] as number,
    region: regions[index] as number,
  });
  const kept = sides.map((_, index) => index).filter((index) => before[index] !== null);
  let order = kept;
  let laid = kept.map((index): Laid => {
    const old = before[index] as number;
    return { ...square(index), x: earlier.x[old] as number, y: earlier.y[old] as number };
  });
  for (let index = 0; index < sides.length; index++) {
    if (before[index] !== null) continue;
    const found = inserted(laid, square(index), width);
    if (!found) return null;
    const [others, place] = found;
    // `pushed` goes from the top to the bottom, so the squares come back in that order.
    const from = laid.map((one, at) => [one, order[at] as number] as const).sort(([a], [b]) => downwards(a, b));
    order = [...from.map(([, at]) => at), index];
    laid = [...others, { ...square(index), ...place }];
  }
  const out: Strip = { x: new Array(sides.length), y: new Array(sides.length), width: 0, height: heightOf(laid) };
  laid.forEach((one, at) => {
    out.x[order[at] as number] = one.x;
    out.y[order[at] as number] = one.y;
    out.width = Math.max(out.width, one.x + one.side);
  });
  return out;
}
