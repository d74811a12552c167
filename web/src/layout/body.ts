import type { ClusterScene, LayerScene } from "../api/types.ts";
import { drawnBefore } from "../state/earlier.ts";
import type { Importance } from "../state/viewState.ts";
import { meanSide, type Packing, packingOf } from "./packing.ts";
import { largestFitting } from "./search.ts";
import { type Card, SPACE } from "./space.ts";
import { follow, heightDown, type Tiling, tiledDown, tiledFew } from "./tiling.ts";
import { aboutWidth, beyondOneLine } from "./words.ts";

/** What a column needs, before it has a place. */
export interface Body {
  width: number;
  cards: Omit<Card, "y">[];
  pending: boolean;
  gap: number;
}

/** What bounds the columns: the height there is, and what sizes mean. */
export interface Limits {
  importance: Importance;
  room: number;
}

const CARD = SPACE.card;
/** Of a card's height what its drawing does not have. */
export const AROUND = CARD.head + CARD.bottom;
/** From so many tiles on their height is taken from their area while a width is looked for. */
const MANY = 12;
/** Share of the area that they then take. */
const FILL = 0.85;

export const bodyHeight = ({ cards, gap }: Pick<Body, "cards" | "gap">): number =>
  cards.reduce((sum, card) => sum + card.height, 0) + gap * Math.max(0, cards.length - 1);

const gapOf = (cards: number): number => (cards > 9 ? CARD.crowded : CARD.gap);
const innerWidth = (width: number): number => width - 2 * CARD.side;
const areaOf = (packing: Pick<Packing, "tiles">): number =>
  packing.tiles.reduce((sum, tile) => sum + tile.side * tile.side, 0);

/** A layer's clusters, ready to be tried in columns of several widths. */
export interface Cluster {
  id: string;
  title: string;
  packing: Packing;
  area: number;
}

export interface Clusters {
  all: Cluster[];
  /** Mean side of a tile in cells. */
  mean: number;
}

/** The cluster before a change that holds most of a cluster's neurons; null when none holds half of them. */
export function ancestorOf(cluster: ClusterScene, before: readonly ClusterScene[]): ClusterScene | null {
  const members = new Set(cluster.neurons);
  let [best, most]: [ClusterScene | null, number] = [null, 0];
  for (const one of before) {
    const shared = one.neurons.filter((neuron) => members.has(neuron)).length;
    if (shared > most && shared >= members.size / 2) [best, most] = [one, shared];
  }
  return best;
}

export function clustersOf(scene: LayerScene, importance: Importance): Clusters {
  const before = drawnBefore(scene)?.clusters ?? [];
  const all = scene.clusters.map((cluster) => {
    const packing = packingOf(cluster, importance);
    const ancestor = ancestorOf(cluster, before);
    if (ancestor) follow(packing, packingOf(ancestor, importance));
    return { id: cluster.id, title: cluster.title, packing, area: areaOf(packing) };
  });
  return { all, mean: meanSide(scene, importance) };
}

/** The lowest drawing of a card: lower where there are many below one another. */
const lowestOf = (cards: number): number => (cards > 9 ? CARD.low : CARD.least);

function drawingHeight({ packing, area }: Cluster, width: number, unit: number): number {
  const many = packing.tiles.length > MANY;
  return many ? (area * unit * unit) / (FILL * width) : heightDown(packing, width, unit);
}

/** How high a column gets when its tiles have a mean side in pixels. */
export function columnHeight({ all, mean }: Clusters, width: number, tile: number): number {
  const around = all.length * AROUND + gapOf(all.length) * Math.max(0, all.length - 1);
  const lowest = lowestOf(all.length);
  return all.reduce((sum, one) => sum + Math.max(lowest, drawingHeight(one, innerWidth(width), tile / mean)), around);
}

const STEP = 6;
/** Tiles are sized to half a pixel. */
const HALF = 2;
/** By how many pixels the tiles may turn out larger than was thought. */
const TRIED = 2;

/** The largest mean side of the tiles at which a column is no higher than the room; null when they would be too small. */
function tileFor(clusters: Clusters, width: number, room: number): number | null {
  const { least, most } = SPACE.tile;
  const fits = (tile: number): boolean => columnHeight(clusters, width, tile / HALF) <= room;
  const found = largestFitting(least * HALF, most * HALF, fits);
  return found === null ? null : found / HALF;
}

/** About how wide a column is in which all tiles just have room. */
function widthByArea({ all, mean }: Clusters, tile: number, room: number): number {
  const area = all.reduce((sum, one) => sum + one.area, 0);
  return Math.floor((area * (tile / mean) ** 2) / (FILL * Math.max(1, room - all.length * AROUND)));
}

/** Share of the largest tiles that are worth a wider column: beyond it cards get wider and emptier. */
const NEARLY_LARGEST = 0.97;

/**
 * The least width at which tiles of a mean side fit into a height.
 *
 * Where they do not at any width it is the one beyond which they hardly get larger.
 */
export function widthFor(clusters: Clusters, tile: number, room: number): number {
  const { least, most, few } = SPACE.width;
  const largest = tileFor(clusters, most, room);
  if (largest === null) return Math.max(least, Math.min(few, widthByArea(clusters, SPACE.tile.least, room)));
  const wanted = Math.min(tile, NEARLY_LARGEST * largest);
  const steps = Math.floor((most - least) / STEP);
  // Counted from the widest, so that what fits is a run from the first.
  const narrower = largestFitting(0, steps, (step) => columnHeight(clusters, most - step * STEP, wanted) <= room);
  return most - (narrower ?? 0) * STEP;
}

/** Cards whose titles take a second line, those that lose most without it first. */
function longOf({ all }: Clusters, width: number): string[] {
  const heads = all.map(({ title, packing }) => ({
    title,
    room: innerWidth(width) - CARD.count - aboutWidth(String(packing.tiles.length)),
  }));
  const over = beyondOneLine(heads);
  const long = all.map((one, index) => ({ id: one.id, over: over[index] ?? 0 })).filter((one) => one.over > 0);
  return long.sort((a, b) => b.over - a.over).map((one) => one.id);
}

/** Of a column's height, what second lines of titles are worth: a title that cannot be read says nothing. */
const LINES_WORTH = 0.2;
/** Shares of the second lines that are tried where the tiles leave no room for all. */
const KEPT = [1, 2 / 3, 1 / 3, 0];

/** Heights to keep for second lines of titles, the one to be tried first first. */
function heightsOfLines(clusters: Clusters, width: number, room: number): number[] {
  const most = Math.floor((LINES_WORTH * room) / CARD.line);
  const wanted = Math.min(most, longOf(clusters, width).length);
  return [...new Set(KEPT.map((share) => Math.round(share * wanted) * CARD.line))];
}

/** Long titles get a second line, as far as the column has height to spare. */
function linesOf(clusters: Clusters, width: number, spare: number): Set<string> {
  return new Set(longOf(clusters, width).slice(0, Math.max(0, Math.floor(spare / CARD.line))));
}

interface Drawn {
  cluster: Cluster;
  tiling: Tiling;
  height: number;
}

const usedBy = (drawn: readonly Drawn[]): number =>
  drawn.reduce((sum, one) => sum + one.height + AROUND, gapOf(drawn.length) * Math.max(0, drawn.length - 1));

function bodyWith(clusters: Clusters, width: number, room: number, drawn: readonly Drawn[]): Body {
  const lines = linesOf(clusters, width, room - usedBy(drawn));
  const cards = drawn.map(({ cluster, tiling, height }): Omit<Card, "y"> => {
    const own = lines.has(cluster.id) ? 2 : 1;
    return { id: cluster.id, lines: own, tiling, height: Math.floor(height + AROUND + (own - 1) * CARD.line) };
  });
  return { width, cards, pending: false, gap: gapOf(drawn.length) };
}

/** Every neuron of the layer, its tiles as large as the height allows; null when they would be too small to be seen. */
function wholeBody(clusters: Clusters, width: number, room: number, kept: number): Body | null {
  const { least, most } = SPACE.tile;
  const about = tileFor(clusters, width, room - kept) ?? least;
  // What was looked for by area is now tried: from somewhat larger downwards, until it really fits.
  for (let tile = Math.min(most, about + TRIED); tile >= least; tile -= 1 / HALF) {
    const drawn = clusters.all.map((cluster): Drawn | null => {
      const tiling = tiledDown(cluster.packing, innerWidth(width), tile / clusters.mean);
      return tiling && { cluster, tiling, height: Math.max(lowestOf(clusters.all.length), tiling.height) };
    });
    if (drawn.every((one) => one !== null) && usedBy(drawn) <= room - kept)
      return bodyWith(clusters, width, room, drawn);
  }
  return null;
}

/** Smaller tiles must fill so much more of the cards to be worth it. */
const WORTH = 1.1;

const largestSide = ({ all }: Clusters): number =>
  Math.max(1, ...all.flatMap((one) => one.packing.tiles.map((tile) => tile.side)));

/** The strongest neurons of each cluster, of the size at which they fill most of their cards. */
function fewBody(clusters: Clusters, width: number, room: number): Body {
  const free = room - (heightsOfLines(clusters, width, room)[0] ?? 0);
  const drawnAt = (side: number): Drawn[] => {
    const unit = side / largestSide(clusters);
    return withMoreRows(fewDrawn(clusters, width, free, unit), width, free, unit);
  };
  const shownBy = (drawn: readonly Drawn[]): number => drawn.reduce((sum, one) => sum + areaOf(one.tiling), 0);
  let best = drawnAt(SPACE.tile.few);
  for (let side = SPACE.tile.few - 2; side >= SPACE.tile.fewest; side -= 2) {
    const drawn = drawnAt(side);
    if (shownBy(drawn) > WORTH * shownBy(best)) best = drawn;
  }
  return bodyWith(clusters, width, room, best);
}

/** As many of them as have room at a size of the tiles, in cards whose heights say how many there are. */
function fewDrawn(clusters: Clusters, width: number, room: number, unit: number): Drawn[] {
  const { all } = clusters;
  const side = unit * largestSide(clusters);
  const around = all.length * AROUND + gapOf(all.length) * Math.max(0, all.length - 1);
  const free = Math.max(room - around, all.length * CARD.low);
  // Two rows of tiles before any card has more.
  const lowest = Math.min(2 * side + 1, free / all.length);
  const needs = all.map((one) => Math.max(CARD.low, drawingHeight(one, innerWidth(width), unit)));
  const heights = shared(needs, free, lowest);
  return all.map((cluster, index): Drawn => {
    const box = { width: innerWidth(width), height: heights[index] ?? lowest };
    const whole = tiledDown(cluster.packing, box.width, unit);
    const tiling = whole && whole.height <= box.height ? whole : tiledFew(cluster.packing, box, unit);
    return { cluster, tiling, height: Math.max(CARD.low, tiling.height) };
  });
}

/** Height that no card's rows fill goes to those that hide most, a row each, as long as there is enough of it. */
function withMoreRows(drawn: readonly Drawn[], width: number, free: number, unit: number): Drawn[] {
  const out = [...drawn];
  let spare = free - usedBy(drawn);
  const hiding = out.map((_, index) => index).filter((index) => out[index]?.tiling.more);
  hiding.sort((a, b) => (out[b]?.tiling.more?.count ?? 0) - (out[a]?.tiling.more?.count ?? 0) || a - b);
  for (const index of hiding) {
    const one = out[index] as Drawn;
    const row = Math.max(...one.tiling.tiles.map((tile) => tile.side));
    if (row > spare) continue;
    const box = { width: innerWidth(width), height: one.tiling.height + row };
    const tiling = tiledFew(one.cluster.packing, box, unit);
    const height = Math.max(CARD.low, tiling.height);
    if (tiling.tiles.length <= one.tiling.tiles.length) continue;
    spare -= height - one.height;
    out[index] = { ...one, tiling, height };
  }
  return out;
}

/** Share a length out: to each what it needs, or where that is too much by the roots of the needs, but never below the least. */
export function shared(needs: readonly number[], length: number, least: number): number[] {
  const out = needs.map((need) => Math.min(need, least));
  let open = needs.map((_, index) => index).filter((index) => (needs[index] ?? 0) > least);
  let left = length - out.reduce((sum, one) => sum + one, 0);
  while (open.length > 0 && left > 0.5) {
    const roots = open.reduce((sum, index) => sum + Math.sqrt(needs[index] ?? 0), 0);
    const still: number[] = [];
    let given = 0;
    for (const index of open) {
      const [need, has] = [needs[index] ?? 0, out[index] ?? 0];
      const more = Math.min(need - has, (left * Math.sqrt(need)) / roots);
      out[index] = has + more;
      given += more;
      if (need - has > more + 0.5) still.push(index);
    }
    left -= given;
    if (given < 0.5) break;
    open = still;
  }
  return out;
}

export function clusterBody(clusters: Clusters, width: number, room: number): Body {
  for (const kept of heightsOfLines(clusters, width, room)) {
    const body = wholeBody(clusters, width, room, kept);
    if (body) return body;
  }
  return fewBody(clusters, width, room);
}
