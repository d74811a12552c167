import { describe, expect, it } from "vitest";
import { seeded } from "../../mock/random.ts";
import { leavesOnce } from "../../mock/regions.ts";
import { strip } from "./skyline.ts";

const order = (sides: readonly number[]): number[] => sides.map((_, index) => index);
/** Squares of one region. */
const one = (sides: readonly number[]) => ({ sides, regions: sides.map(() => 0) });

/** Every cell marked by hand: the slow way to see that no two squares share one. */
function cellsTaken(sides: readonly number[], { x, y }: { x: number[]; y: number[] }): Map<string, number> {
  const taken = new Map<string, number>();
  sides.forEach((side, index) => {
    for (let i = 0; i < side; i++) {
      for (let j = 0; j < side; j++) {
        const cell = `${(x[index] ?? 0) + i},${(y[index] ?? 0) + j}`;
        taken.set(cell, (taken.get(cell) ?? 0) + 1);
      }
    }
  });
  return taken;
}

describe("strip", () => {
  it.each(Array.from({ length: 40 }, (_, seed) => seed))("overlaps nothing and stays inside: %i", (seed) => {
    const random = seeded(seed);
    const sides = Array.from({ length: 1 + Math.floor(random() * 30) }, () => 1 + Math.floor(random() * 4));
    const width = 4 + Math.floor(random() * 12);
    const found = strip(one(sides), order(sides), width);
    const taken = cellsTaken(sides, found);
    expect([...taken.values()].every((count) => count === 1)).toBe(true);
    expect(taken.size).toBe(sides.reduce((sum, side) => sum + side * side, 0));
    for (const cell of taken.keys()) {
      const [x = -1, y = -1] = cell.split(",").map(Number);
      expect(x >= 0 && x < found.width && y >= 0 && y < found.height).toBe(true);
    }
    expect(found.width).toBeLessThanOrEqual(width);
  });

  it("loses nothing where all squares are alike", () => {
    const sides = new Array<number>(12).fill(3);
    expect(strip(one(sides), order(sides), 12)).toMatchObject({ width: 12, height: 9 });
  });

  it("fills a strip well", () => {
    const random = seeded(5);
    const sides = Array.from({ length: 80 }, () => [2, 2, 3, 4, 6, 8][Math.floor(random() * 6)] ?? 2);
    const { height } = strip(one(sides), order(sides), 40);
    expect(sides.reduce((sum, side) => sum + side * side, 0) / (40 * height)).toBeGreaterThan(0.85);
  });

  it("keeps neighbours near each other", () => {
    const sides = Array.from({ length: 60 }, (_, index) => 2 + (index % 2));
    const { y } = strip(one(sides), order(sides), 20);
    // Nothing is set down long before or after what stands beside it in the list.
    for (let i = 1; i < sides.length; i++) expect(Math.abs((y[i] ?? 0) - (y[i - 1] ?? 0))).toBeLessThanOrEqual(6);
  });

  it.each(Array.from({ length: 20 }, (_, seed) => seed))("leaves a region once, downwards: %i", (seed) => {
    const random = seeded(seed);
    const count = 20 + Math.floor(random() * 60);
    const sides = Array.from({ length: count }, () => 2 + Math.floor(random() * 4));
    const regions = Array.from({ length: count }, (_, index) => Math.floor(index / 9));
    const found = strip({ sides, regions }, order(sides), 15 + Math.floor(random() * 20));
    expect(leavesOnce({ sides, regions }, found)).toBe(true);
  });

  it("is empty without squares", () => {
    expect(strip(one([]), [], 5)).toEqual({ x: [], y: [], width: 0, height: 0 });
  });
});
