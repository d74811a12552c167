/** How much a tile shows: its best patch, its nine best patches, or the whole images they lie in. */
export type TileLevel = "one" | "nine" | "whole";

/** Sides on the screen from which a ninth of a tile is worth looking at. */
const NINE = 120;
const WHOLE = 260;

/** One level for all the tiles of a cluster, by the one in the middle: a card is read in one way. */
export function closeLevel(sides: readonly number[]): TileLevel {
  const side = [...sides].sort((a, b) => a - b)[sides.length >> 1] ?? 0;
  return side >= WHOLE ? "whole" : side >= NINE ? "nine" : "one";
}

/** Longest side of a sprite in pixels: what had more was made smaller, and is blurred when it is drawn larger. */
const SPRITE = 64;
/** So much larger it may be drawn before it is seen. */
const UNSEEN = 1.25;

/** Whether a tile is drawn with more pixels than its sprite has, while the image it comes from may have more. */
export function needsImage(sprite: readonly number[] | null, pixels: number): boolean {
  return sprite !== null && Math.max(sprite[2] ?? 0, sprite[3] ?? 0) >= SPRITE && pixels > UNSEEN * SPRITE;
}

/** Pixels that pictures are decoded to: in steps, so that not every zoom decodes them again. */
const SIZES = [96, 192, 384, 768, 1536];

/** The sizes a picture is drawn well enough from, the one to ask for first; then smaller ones that may be there already. */
export function sizesFor(pixels: number): readonly number[] {
  const enough = SIZES.findIndex((size) => size * UNSEEN >= pixels);
  return SIZES.slice(0, enough < 0 ? SIZES.length : enough + 1).reverse();
}

/** Tiles that are looked into at one time: each needs its neuron's patches and nine images. */
export const MOST_TILES = 40;

export interface PlacedSquare {
  neuron: number;
  x: number;
  y: number;
  side: number;
}

export interface Area {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Squares that lie in an area, those nearest to its middle first. */
export function inArea<T extends PlacedSquare>(squares: readonly T[], area: Area): T[] {
  const [x, y] = [(area.left + area.right) / 2, (area.top + area.bottom) / 2];
  const distance = (one: T): number => Math.hypot(one.x + one.side / 2 - x, one.y + one.side / 2 - y);
  return squares
    .filter(
      (one) => one.x < area.right && one.x + one.side > area.left && one.y < area.bottom && one.y + one.side > area.top,
    )
    .sort((a, b) => distance(a) - distance(b) || a.neuron - b.neuron);
}

/** Corner and side of the nine places in a square, row by row. */
export function ninths(x: number, y: number, side: number): [number, number, number][] {
  const edge = (step: number): number => Math.round((step * side) / 3);
  return Array.from({ length: 9 }, (_, place): [number, number, number] => {
    const [row, column] = [Math.floor(place / 3), place % 3];
    // Whole pixels: the nine neither overlap nor leave a seam.
    const [left, top] = [edge(column), edge(row)];
    return [x + left, y + top, Math.min(edge(column + 1) - left, edge(row + 1) - top)];
  });
}

/** Which of the nine places in a square a point lies in, as shares of its sides. */
export const ninthAt = (u: number, v: number): number =>
  3 * Math.max(0, Math.min(2, Math.floor(3 * v))) + Math.max(0, Math.min(2, Math.floor(3 * u)));
