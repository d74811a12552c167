import type { PlacedColumn } from "../stage.ts";
import { type Item, isSkip } from "./items.ts";

/** The way of a connection that jumps columns: past them, above or below. */
export interface Lane {
  y: number;
  /** Where it runs level: from the left edge of the first column it jumps to the right edge of the last. */
  left: number;
  right: number;
}

export interface LaneSource {
  items: readonly Item[];
  /** Connected columns, null where one is not in the picture. */
  columns: readonly (PlacedColumn | null)[];
  /** Where the cards begin, below the heads. */
  top: number;
  /** Mean heights of an item's ends. */
  heights: (item: Item) => [number, number];
}

const CLEAR = 9;
const PITCH = 4;
const MOST_DEPTH = 34;

interface Wish {
  item: Item;
  above: boolean;
  inner: readonly PlacedColumn[];
}

function wishOf(source: LaneSource, item: Item): Wish | null {
  const inner = source.columns.slice(item.source + 1, item.target).filter((one) => one !== null);
  if (inner.length === 0) return null;
  const [from, to] = source.heights(item);
  const high = Math.min(...inner.map((one) => one.y));
  const low = Math.max(...inner.map((one) => one.y + one.height));
  const roomAbove = high - source.top > CLEAR + MOST_DEPTH;
  const above = roomAbove && Math.abs(from - high) + Math.abs(to - high) < Math.abs(from - low) + Math.abs(to - low);
  return { item, above, inner };
}

/** The lowest level that no earlier lane over one of the same columns has taken. */
function levelsOf(wishes: readonly Wish[]): number[] {
  const taken: { from: number; to: number }[][] = [];
  return wishes.map(({ item }) => {
    let level = 0;
    while (taken[level]?.some((one) => one.from < item.target - 1 && item.source < one.to)) level++;
    const row = taken[level] ?? [];
    row.push({ from: item.source, to: item.target - 1 });
    taken[level] = row;
    return level;
  });
}

/** A lane per item that jumps columns, by item id. Shorter ways run nearer to the columns. */
export function lanesOf(source: LaneSource): Map<string, Lane> {
  const wishes = source.items
    .filter(isSkip)
    .map((item) => wishOf(source, item))
    .filter((wish) => wish !== null)
    .sort((a, b) => a.item.target - a.item.source - (b.item.target - b.item.source));
  const out = new Map<string, Lane>();
  for (const above of [true, false]) {
    const own = wishes.filter((wish) => wish.above === above);
    const levels = levelsOf(own);
    const pitch = Math.min(PITCH, MOST_DEPTH / Math.max(1, ...levels.map((level) => level + 1)));
    own.forEach(({ item, inner }, index) => {
      const depth = CLEAR + (levels[index] ?? 0) * pitch;
      const edge = above ? Math.min(...inner.map((one) => one.y)) : Math.max(...inner.map((one) => one.y + one.height));
      const [first, last] = [inner[0], inner.at(-1)];
      if (!first || !last) return;
      out.set(item.id, { y: above ? edge - depth : edge + depth, left: first.x, right: last.x + last.width });
    });
  }
  return out;
}
