import type { Packing, Tile } from "./packing.ts";
import { largestFitting } from "./search.ts";
import { type Strip, strip } from "./skyline.ts";

/** Neurons' squares set into a card, in world units from the corner of its drawing. */
export interface Tiling {
  tiles: readonly Tile[];
  width: number;
  height: number;
  /** Where the number of the neurons stands that there is no room for; null when all are shown. */
  more: { x: number; y: number; side: number; count: number } | null;
}

/** Few squares are tried in several orders: among many there is always one that fits. */
const TRIES: readonly [number, number][] = [
  [9, 24],
  [30, 8],
  [Number.POSITIVE_INFINITY, 2],
];

/** Widths that are tried for a box, as shares of the one at which nothing would be lost. */
const WIDTHS = [1, 1.04, 1.08, 0.96, 1.14, 0.92, 1.2, 1.3];
/** By how much tiles must get larger for the packing that came to be given up: in it, alike neurons lie together. */
const AS_GOOD = 1.05;
/** Against rounding. */
const NEARLY = 1e-6;

const known = new WeakMap<Packing, Map<number, Strip>>();

/** Largest number that divides all sides: widths between its multiples are no use. */
function stepOf(sides: readonly number[]): number {
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
  return sides.reduce(divisor, 0) || 1;
}

/** An order of its own for each number, the same every time. */
function shuffled(count: number, seed: number): number[] {
  const order = Array.from({ length: count }, (_, index) => index);
  let state = Math.imul(seed, 2654435761) >>> 0;
  for (let i = count - 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const j = state % (i + 1);
    [order[i], order[j]] = [order[j] as number, order[i] as number];
  }
  return order;
}

/** The lowest strip that was found for a width. */
function lowestStrip(sides: readonly number[], width: number): Strip {
  const inOrder = sides.map((_, index) => index);
  const tries = TRIES.find(([most]) => sides.length <= most)?.[1] ?? 1;
  const area = sides.reduce((sum, side) => sum + side * side, 0);
  let best = strip(sides, inOrder, width);
  for (let trial = 1; trial < tries && best.height > Math.ceil(area / width); trial++) {
    const bySize = (a: number, b: number): number => (sides[b] as number) - (sides[a] as number) || a - b;
    const next = strip(sides, trial === 1 ? inOrder.sort(bySize) : shuffled(sides.length, trial), width);
    if (next.height < best.height) best = next;
  }
  return best;
}

/** All tiles in a strip of so many cells: as they were packed where that is no higher, else set anew. */
function stripOf(packing: Packing, cells: number): Strip | null {
  const sides = packing.tiles.map((tile) => tile.side);
  const step = stepOf(sides);
  const width = Math.floor(cells / step) * step;
  if (width < Math.max(0, ...sides)) return null;
  const strips = known.get(packing) ?? new Map<number, Strip>();
  known.set(packing, strips);
  const before = strips.get(width);
  if (before) return before;
  let made = lowestStrip(sides, width);
  if (packing.width <= width && packing.height <= made.height) {
    const { tiles, height } = packing;
    made = { x: tiles.map((tile) => tile.x), y: tiles.map((tile) => tile.y), width: packing.width, height };
  }
  strips.set(width, made);
  return made;
}

const placed = (tiles: readonly Tile[], { x, y }: Strip, unit: number): Tile[] =>
  tiles.map((tile, index) => ({
    ...tile,
    x: (x[index] ?? 0) * unit,
    y: (y[index] ?? 0) * unit,
    side: tile.side * unit,
  }));

/** All tiles below one another as far as a width allows; null when the largest is wider. `unit` is world units per cell. */
export function tiledDown(packing: Packing, width: number, unit: number): Tiling | null {
  const found = stripOf(packing, Math.floor(width / unit + NEARLY));
  if (!found) return null;
  const tiles = placed(packing.tiles, found, unit);
  return { tiles, width: found.width * unit, height: found.height * unit, more: null };
}

/** How high `tiledDown` gets, without making it; infinite when it cannot. */
export const heightDown = (packing: Packing, width: number, unit: number): number =>
  (stripOf(packing, Math.floor(width / unit + NEARLY))?.height ?? Number.POSITIVE_INFINITY) * unit;

/** All tiles as large as a box allows: as they were packed where that is as good, else set anew for the box's shape. */
export function tiledWhole(packing: Packing, box: { width: number; height: number }): Tiling {
  const area = packing.tiles.reduce((sum, tile) => sum + tile.side * tile.side, 0);
  const ideal = Math.sqrt((area * box.width) / Math.max(1, box.height));
  const asPacked: Strip = {
    x: packing.tiles.map((tile) => tile.x),
    y: packing.tiles.map((tile) => tile.y),
    width: packing.width,
    height: packing.height,
  };
  const unitOf = (found: Strip): number => Math.min(box.width / found.width, box.height / found.height);
  let best = asPacked;
  for (const share of WIDTHS) {
    const found = stripOf(packing, ideal * share);
    if (found && unitOf(found) > unitOf(best) * (best === asPacked ? AS_GOOD : 1)) best = found;
  }
  const unit = packing.tiles.length === 0 ? 1 : unitOf(best);
  const tiles = placed(packing.tiles, best, unit);
  return { tiles, width: best.width * unit, height: best.height * unit, more: null };
}

/** Some tiles and a place for the number of the others, if they are no higher than the box. */
function fewIn(tiles: readonly Tile[], box: { width: number; height: number }, unit: number): Strip | null {
  const sides = tiles.map((tile) => tile.side);
  sides.push([...sides].sort((a, b) => a - b)[sides.length >> 1] ?? 1);
  const cells = Math.floor(box.width / unit + NEARLY);
  if (Math.max(...sides) > cells) return null;
  const order = sides.map((_, index) => index);
  const found = strip(sides, order, cells);
  return found.height * unit <= box.height + NEARLY ? found : null;
}

/** The strongest neurons for which there is room, in their order, and how many others there are. */
export function tiledFew(packing: Packing, box: { width: number; height: number }, unit: number): Tiling {
  const strength = [...packing.tiles].sort((a, b) => b.side - a.side || a.neuron - b.neuron);
  const strongest = (count: number): Tile[] => {
    const chosen = new Set(strength.slice(0, count));
    return packing.tiles.filter((tile) => chosen.has(tile));
  };
  const count = largestFitting(1, packing.tiles.length - 1, (few) => fewIn(strongest(few), box, unit) !== null);
  const tiles = strongest(count ?? 0);
  const found = count === null ? null : fewIn(tiles, box, unit);
  if (!found) return tiledWhole(packing, box);
  const [x = 0, y = 0] = [found.x.at(-1), found.y.at(-1)];
  const side = [...tiles.map((tile) => tile.side)].sort((a, b) => a - b)[tiles.length >> 1] ?? 1;
  return {
    tiles: placed(tiles, found, unit),
    width: found.width * unit,
    height: found.height * unit,
    more: { x: x * unit, y: y * unit, side: side * unit, count: packing.tiles.length - tiles.length },
  };
}

/** The same with one neuron in it that would not be shown: it takes the place of the weakest. */
export function pinned(tiling: Tiling, packing: Packing, neuron: number | null): Tiling {
  if (neuron === null || !tiling.more || tiling.tiles.some((tile) => tile.neuron === neuron)) return tiling;
  const wanted = packing.tiles.find((tile) => tile.neuron === neuron);
  const weakest = Math.min(...tiling.tiles.map((tile) => tile.side));
  const at = tiling.tiles.findLastIndex((tile) => tile.side === weakest);
  if (!wanted || at < 0) return tiling;
  const { x, y, side } = tiling.tiles[at] as Tile;
  return { ...tiling, tiles: tiling.tiles.with(at, { ...wanted, x, y, side }) };
}

/** Mean side on the screen from which every neuron is shown. */
const SEEN = 13;

/** What a card shows at a zoom: what it was planned for, or every neuron once they can be told apart. */
export function tilingAt(
  planned: Tiling | null,
  packing: Packing,
  box: { width: number; height: number },
  zoom: number,
): Tiling {
  if (planned === null || (planned.more && sideWithin(packing, box) * zoom >= SEEN)) return tiledWhole(packing, box);
  return resized(planned, box, zoom > 1 ? Number.POSITIVE_INFINITY : 1);
}

/** About the mean side that all tiles together have in a box. */
const sideWithin = ({ tiles }: Packing, { width, height }: { width: number; height: number }): number =>
  Math.sqrt((0.9 * width * height) / Math.max(1, tiles.length));

/** The same arrangement as large as another box allows: sizes of one layer are compared while nothing is enlarged. */
function resized(tiling: Tiling, box: { width: number; height: number }, most: number): Tiling {
  const by = Math.min(most, box.width / tiling.width, box.height / tiling.height);
  if (Math.abs(by - 1) < 0.01) return tiling;
  const larger = <T extends { x: number; y: number; side: number }>(one: T): T => ({
    ...one,
    x: one.x * by,
    y: one.y * by,
    side: one.side * by,
  });
  return {
    tiles: tiling.tiles.map(larger),
    width: tiling.width * by,
    height: tiling.height * by,
    more: tiling.more && larger(tiling.more),
  };
}
