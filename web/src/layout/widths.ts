import { SPACE } from "./space.ts";

/** How wide a column of clusters would like to be: the width at which tiles of a mean side have room. */
export type WidthWish = (tile: number) => number;

/** Room between two columns by how many clusters there are at its sides. */
export const gapWidth = (left: number, right: number): number =>
  Math.round(SPACE.gap.base + SPACE.gap.perRoot * Math.sqrt(left * right));

/**
 * Widths that take a room together: as wide as tiles of one side, the same in all columns, need them to be.
 *
 * Null when not even the least widths fit. What is left over when the tiles have a mean side of `most` is not taken.
 */
export function shareWidths(
  wishes: readonly WidthWish[],
  room: number,
  { least, most }: { least: number; most: number },
): number[] | null {
  const widths = (tile: number): number[] => wishes.map((wish) => Math.max(least, wish(tile)));
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  if (wishes.length * least > room) return null;
  let [good, bad]: [number, number] = [SPACE.tile.least, most];
  if (sum(widths(bad)) <= room) return widths(bad);
  if (sum(widths(good)) > room) return squeezed(widths(good), room, least);
  for (let step = 0; step < 6; step++) {
    const middle = (good + bad) / 2;
    if (sum(widths(middle)) <= room) good = middle;
    else bad = middle;
  }
  return widths(good);
}

/** Narrower than wanted: each gives up the same share of what it has beyond the least. */
function squeezed(widths: readonly number[], room: number, least: number): number[] {
  const beyond = widths.reduce((total, width) => total + width - least, 0);
  const share = Math.max(0, room - least * widths.length) / beyond;
  return widths.map((width) => Math.floor(least + (width - least) * share));
}
