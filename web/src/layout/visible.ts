import type { PlacedColumn } from "./stage.ts";

/** Columns within a screen's margin of what is seen, those nearest to its middle first. */
export function nearColumns(
  columns: readonly PlacedColumn[],
  left: number,
  right: number,
  margin = 0.5,
): PlacedColumn[] {
  const middle = (left + right) / 2;
  const slack = (right - left) * margin;
  const distance = (one: PlacedColumn): number => Math.abs(one.x + one.width / 2 - middle);
  return columns
    .filter((one) => one.x + one.width >= left - slack && one.x <= right + slack)
    .sort((a, b) => distance(a) - distance(b));
}

export interface TileBox {
  neuron: number;
  x: number;
  y: number;
  side: number;
}

/** The tile under a point, in cells. */
export function tileAt<T extends TileBox>(tiles: readonly T[], x: number, y: number): T | null {
  return tiles.find((tile) => x >= tile.x && x < tile.x + tile.side && y >= tile.y && y < tile.y + tile.side) ?? null;
}

export type Step = "left" | "right" | "up" | "down";

/** The tile to go to from another: the nearest whose middle lies beyond its edge on that side; null at the end. */
export function nextTile<T extends TileBox>(tiles: readonly T[], from: T, step: Step): T | null {
  const across = step === "left" || step === "right";
  const forward = step === "right" || step === "down" ? 1 : -1;
  const middle = (tile: T): [number, number] => [tile.x + tile.side / 2, tile.y + tile.side / 2];
  const [x, y] = middle(from);
  let best: T | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const tile of tiles) {
    const [dx, dy] = [middle(tile)[0] - x, middle(tile)[1] - y];
    const [ahead, aside] = across ? [dx * forward, Math.abs(dy)] : [dy * forward, Math.abs(dx)];
    // What lies straight ahead goes before what lies nearer but aside.
    const distance = ahead + 2 * aside;
    if (ahead > from.side / 2 - 1e-6 && distance < least) [best, least] = [tile, distance];
  }
  return best;
}

/** Where a picture of another shape lies in a square, whole and not stretched. */
export function contained(width: number, height: number, side: number): { x: number; y: number; w: number; h: number } {
  const scale = side / Math.max(width, height);
  const [w, h] = [width * scale, height * scale];
  return { x: (side - w) / 2, y: (side - h) / 2, w, h };
}
