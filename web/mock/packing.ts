import type { PackingScene } from "../src/api/types.ts";
import type { Random } from "./random.ts";

const SMALLEST = 12;

/** Squares in rows, largest first: not as tight as the real packing, but of the same kind. */
export function packing(importance: PackingScene["importance"], count: number, random: Random): PackingScene {
  const sides = Array.from({ length: count }, () =>
    importance === "uniform" ? 2 * SMALLEST : SMALLEST + 6 * Math.floor(random() ** 1.6 * 6),
  );
  const area = sides.reduce((sum, side) => sum + side * side, 0);
  const room = Math.max(...sides, Math.sqrt(area * 1.5));
  const order = sides.map((_, index) => index).sort((a, b) => (sides[b] ?? 0) - (sides[a] ?? 0) || a - b);
  const x: number[] = new Array(count).fill(0);
  const y: number[] = new Array(count).fill(0);
  let [left, top, high, width] = [0, 0, 0, 0];
  for (const index of order) {
    const side = sides[index] ?? SMALLEST;
    if (left > 0 && left + side > room) {
      top += high;
      left = high = 0;
    }
    x[index] = left;
    y[index] = top;
    left += side;
    high = Math.max(high, side);
    width = Math.max(width, left);
  }
  return { importance, width, height: top + high, smallest: SMALLEST, x, y, side: sides, region: [] };
}
