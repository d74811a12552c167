import type { Packing, Tile } from "./packing.ts";
import { restrip } from "./restrip.ts";
import { largestFitting } from "./search.ts";
import { type Squares, type Strip, strip } from "./skyline.ts";

/** Neurons' squares set into a card, in world units from the corner of its drawing. */
export interface Tiling {
  tiles: readonly Tile[];
  width: number;
  height: number;
  /** Where the number of the neurons stands that there is no room for; null when all are shown. */
  more: { x: number; y: number; side: number; count: number } | null;
}

interface Box {
  width: number;
  height: number;
}

/** Few squares are tried in several orders: among many there is always one that fits. */
const TRIES: readonly [number, number][] = [
  [30, 24],
  [120, 8],
  [Number.POSITIVE_INFINITY, 3],
];

/** Widths that are tried for a box, as shares of the one at which nothing would be lost. */
const WIDTHS = [1, 1.04, 1.08, 0.96, 1.14, 0.92, 1.2, 1.3];
/** Against rounding. */
const NEARLY = 1e-6;

/** Largest number that divides all sides: widths between its multiples are no use. */
function stepOf(sides: readonly number[]): number {
  const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));
  return sides.reduce(divisor, 0) || 1;
}

const squaresOf = (tiles: readonly Tile[]): Squares => ({
  sides: tiles.map((tile) => tile.side),
  regions: tiles.map((tile) => tile.region),
});

type Compare = (a: number, b: number) => number;

/** Region by region, within one in the order they came. */
const byRegion = ({ regions }: Squares): Compare => {
  return (a, b) => (regions[a] as number) - (regions[b] as number) || a - b;
};

/** Region by region, within one the largest first. */
const bySize = (squares: Squares): Compare => {
  const { sides, regions } = squares;
  return (a, b) =>
    (regions[a] as number) - (regions[b] as number) || (sides[b] as number) - (sides[a] as number) || a - b;
};

/** Region by region, within one an order of its own for each number, the same every time. */
function shuffled({ sides, regions }: Squares, seed: number): number[] {
  const order = sides.map((_, index) => index);
  let state = Math.imul(seed, 2654435761) >>> 0;
  for (let i = order.length - 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const j = state % (i + 1);
    [order[i], order[j]] = [order[j] as number, order[i] as number];
  }
  return order.sort((a, b) => (regions[a] as number) - (regions[b] as number));
}

/** The lowest strip that was found for a width. */
function lowestStrip(squares: Squares, width: number): Strip {
  const { sides } = squares;
  const inOrder = sides.map((_, index) => index);
  const tries = TRIES.find(([most]) => sides.length <= most)?.[1] ?? 1;
  const area = sides.reduce((sum, side) => sum + side * side, 0);
  let best = strip(squares, inOrder.sort(byRegion(squares)), width);
  for (let trial = 1; trial < tries && best.height > Math.ceil(area / width); trial++) {
    const next = strip(squares, trial === 1 ? inOrder.sort(bySize(squares)) : shuffled(squares, trial), width);
    if (next.height < best.height) best = next;
  }
  return best;
}

/** How a packing was drawn before a small change: as it was packed, or set anew. */
interface Drawn {
  strip: Strip;
  asPacked: boolean;
}

const known = new WeakMap<Packing, Map<number, Drawn>>();
/** The packing before a small change, whose tiles those of a packing should not move from. */
const earlier = new WeakMap<Packing, Packing>();

/** Say that a packing comes from another one by a change: what is the same stays where it is drawn, if there is room. */
export function follow(packing: Packing, before: Packing): void {
  if (packing === before || known.has(packing)) return;
  earlier.set(packing, before);
  // One step back is enough, and more would never be forgotten.
  earlier.delete(before);
}

/** Of more new tiles than this share of a cluster all are set anew. */
const MOST_NEW = 0.2;
/** New squares times the square of all of them: some 50 milliseconds. Beyond that all are set anew. */
const MOST_WORK = 100_000;
/** So much higher may a strip be whose tiles stay where they were. */
const LOOSE = 1.15;

/** The strip before a small change, with what changed in it, unless fewer tiles move when all are set anew, as after undo. */
function keptStrip(packing: Packing, width: number, anew: Strip): Strip {
  const before = earlier.get(packing);
  const drawn = before && known.get(before)?.get(width);
  if (!before || !drawn || drawn.asPacked) return anew;
  const places = new Map(before.tiles.map((tile, index) => [tile.neuron, index]));
  const old = packing.tiles.map(({ neuron, side, region }) => {
    const place = places.get(neuron);
    const tile = place === undefined ? undefined : before.tiles[place];
    return place !== undefined && tile?.side === side && tile.region === region ? place : null;
  });
  const added = old.filter((one) => one === null).length;
  if (added > Math.max(1, MOST_NEW * old.length) || added * old.length ** 2 > MOST_WORK) return anew;
  const kept = restrip(squaresOf(packing.tiles), old, drawn.strip, width);
  if (!kept || kept.height > LOOSE * anew.height) return anew;
  const stay = ({ x, y }: Strip): number =>
    old.filter((at, index) => at !== null && x[index] === drawn.strip.x[at] && y[index] === drawn.strip.y[at]).length;
  return stay(kept) > stay(anew) ? kept : anew;
}

/** All tiles in a strip: as they were before a change where that is nearly as low, or as they were packed, else set anew. */
function drawnIn(packing: Packing, width: number): Drawn {
  const { tiles } = packing;
  const anew = lowestStrip(squaresOf(tiles), width);
  if (packing.width <= width && packing.height <= anew.height) {
    const { width: wide, height } = packing;
    return { strip: { x: tiles.map(({ x }) => x), y: tiles.map(({ y }) => y), width: wide, height }, asPacked: true };
  }
  return { strip: keptStrip(packing, width, anew), asPacked: false };
}

/** All tiles in a strip of so many cells; null when the largest is wider. */
function stripOf(packing: Packing, cells: number): Strip | null {
  const sides = packing.tiles.map((tile) => tile.side);
  const step = stepOf(sides);
  const width = Math.floor(cells / step) * step;
  if (width < Math.max(0, ...sides)) return null;
  const strips = known.get(packing) ?? new Map<number, Drawn>();
  known.set(packing, strips);
  const found = strips.get(width) ?? drawnIn(packing, width);
  strips.set(width, found);
  return found.strip;
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
export function tiledWhole(packing: Packing, box: Box): Tiling {
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
    if (found && unitOf(found) > unitOf(best)) best = found;
  }
  const unit = packing.tiles.length === 0 ? 1 : unitOf(best);
  const tiles = placed(packing.tiles, best, unit);
  return { tiles, width: best.width * unit, height: best.height * unit, more: null };
}

/** Some tiles and a place for the number of the others, if they are no higher than the box. */
function fewIn(tiles: readonly Tile[], box: Box, unit: number): Strip | null {
  const { sides, regions } = squaresOf(tiles);
  const place = { side: [...sides].sort((a, b) => a - b)[sides.length >> 1] ?? 1, region: Math.max(0, ...regions) };
  const squares = { sides: [...sides, place.side], regions: [...regions, place.region] };
  const cells = Math.floor(box.width / unit + NEARLY);
  if (Math.max(...squares.sides) > cells) return null;
  const order = squares.sides.map((_, index) => index).sort(byRegion(squares));
  const found = strip(squares, order, cells);
  return found.height * unit <= box.height + NEARLY ? found : null;
}

/** The strongest neurons for which there is room, in their order, and how many others there are. */
export function tiledFew(packing: Packing, box: Box, unit: number): Tiling {
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

/** Whether a card shows every neuron at a zoom though it was planned for some: its tiles then have sizes of its own. */
export const showsAll = (planned: Tiling | null, box: Box, zoom: number): boolean =>
  planned === null ||
  (planned.more !== null && sideWithin(planned.tiles.length + planned.more.count, box) * zoom >= SEEN);

/** By how much what was planned for a card may grow in a box. */
export const growthIn = (planned: Tiling, box: Box): number =>
  planned.tiles.length === 0
    ? Number.POSITIVE_INFINITY
    : Math.min(box.width / planned.width, box.height / planned.height);

/**
 * What a card shows at a zoom: what it was planned for, or every neuron once they can be told apart.
 *
 * `growth` is that of all cards of the layer, so that sizes stay comparable between them.
 */
export function tilingAt(planned: Tiling | null, packing: Packing, box: Box, { zoom, growth }: TilingZoom): Tiling {
  if (planned === null || showsAll(planned, box, zoom)) return tiledWhole(packing, box);
  return resized(planned, growth);
}

export interface TilingZoom {
  zoom: number;
  growth: number;
}

/** About the mean side that so many tiles together have in a box. */
const sideWithin = (count: number, { width, height }: Box): number =>
  Math.sqrt((0.9 * width * height) / Math.max(1, count));

/** The same arrangement in another size. */
function resized(tiling: Tiling, by: number): Tiling {
  if (!Number.isFinite(by) || Math.abs(by - 1) < 0.01) return tiling;
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
