import type { PlacedColumn } from "../stage.ts";
import { type Item, isSkip } from "./items.ts";
import { widthOf } from "./widths.ts";

/** The way of a trunk: past the columns that it jumps, above or below. */
export interface Lane {
  y: number;
  /** Where it runs level: from before the first column that it jumps to behind the last. */
  left: number;
  right: number;
}

export interface LaneSource {
  items: readonly Item[];
  /** Connected columns, null where one is not in the picture. */
  columns: readonly (PlacedColumn | null)[];
  /** Between the heads and what lies below: where lanes should be. */
  top: number;
  bottom: number;
  /** Mean heights of an item's ends. */
  heights: (item: Item) => readonly [number, number];
}

const CLEAR = 10;
const APART = 3;
const BESIDE = 5;

/** Lanes are not pushed together more than to this part of their distances. */
const TIGHTEST = 0.3;

interface Placed extends Lane {
  id: string;
  width: number;
  above: boolean;
  /** Edge of the columns that it passes, at its side. */
  edge: number;
}

/** The nearest place for a lane at one side of the columns that it passes, beyond the lanes that are there. */
function beyond(placed: readonly Placed[], lane: Omit<Placed, "y">): number {
  const outward = lane.above ? -1 : 1;
  let y = lane.edge + outward * (CLEAR + lane.width / 2);
  for (const other of placed) {
    if (other.above !== lane.above || other.right < lane.left || lane.right < other.left) continue;
    const next = other.y + outward * ((other.width + lane.width) / 2 + APART);
    y = lane.above ? Math.min(y, next) : Math.max(y, next);
  }
  return y;
}

/** Push the lanes of one side together until they are within the picture, if they are many. */
function tightened(lanes: readonly Placed[], limit: number): number[] {
  const depth = ({ y, edge }: Placed): number => Math.abs(y - edge) - CLEAR;
  const room = (lane: Placed): number => Math.max(0, Math.abs(limit - lane.edge) - CLEAR - lane.width / 2);
  const factors = lanes.map((lane) => (depth(lane) > 0 ? room(lane) / depth(lane) : 1));
  const factor = Math.max(TIGHTEST, Math.min(1, ...factors));
  return lanes.map((lane) => lane.edge + (lane.above ? -1 : 1) * (CLEAR + factor * depth(lane)));
}

/**
 * A lane per trunk, by item id: none overlaps a column nor, where there is room, another lane. Shorter ways run nearer to
 * the columns.
 */
export function lanesOf(source: LaneSource): Map<string, Lane> {
  const length = (item: Item): number => item.target - item.source;
  const wishes = source.items.filter(isSkip).sort((a, b) => length(a) - length(b) || b.share - a.share);
  const placed: Placed[] = [];
  for (const item of wishes) {
    const inner = source.columns.slice(item.source + 1, item.target).filter((one) => one !== null);
    const [first, last] = [inner[0], inner.at(-1)];
    if (!first || !last) continue;
    const width = widthOf(item.share);
    const [from, to] = source.heights(item);
    const across = { id: item.id, width, left: first.x - BESIDE, right: last.x + last.width + BESIDE };
    const [up, down] = [true, false].map((above): Placed => {
      const edge = above ? Math.min(...inner.map((one) => one.y)) : Math.max(...inner.map((one) => one.y + one.height));
      const lane = { ...across, above, edge };
      return { ...lane, y: beyond(placed, lane) };
    }) as [Placed, Placed];
    const cost = ({ y }: Placed): number => Math.abs(from - y) + Math.abs(to - y);
    // Above are the heads; below, lanes can be pushed together.
    const fits = up.y - width / 2 >= source.top;
    const full = down.y + width / 2 > source.bottom;
    placed.push(fits && (full || cost(up) < cost(down)) ? up : down);
  }
  const out = new Map<string, Lane>();
  for (const above of [true, false]) {
    const own = placed.filter((lane) => lane.above === above);
    const heights = tightened(own, above ? source.top : source.bottom);
    own.forEach(({ id, left, right }, index) => {
      out.set(id, { y: heights[index] ?? 0, left, right });
    });
  }
  return out;
}
