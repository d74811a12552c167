import { describe, expect, it } from "vitest";
import { seeded } from "../../mock/random.ts";
import { contour } from "./contour.ts";

/** The field between the middles of four cells, along straight lines. */
function valueAt(field: { width: number; values: number[] }, x: number, y: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const at = (dx: number, dy: number): number => field.values[(top + dy) * field.width + left + dx] ?? 0;
  const [u, v] = [x - left, y - top];
  return (1 - v) * ((1 - u) * at(0, 0) + u * at(1, 0)) + v * ((1 - u) * at(0, 1) + u * at(1, 1));
}

describe("contour", () => {
  it.each([1, 2, 3, 4, 5])("runs where the field has the level (%i)", (seed) => {
    const random = seeded(seed);
    const field = { width: 9, height: 7, values: Array.from({ length: 63 }, () => 255 * random()) };
    const found = contour(field, 128);
    expect(found.length).toBeGreaterThan(20);
    for (const [x0, y0, x1, y1] of found) {
      expect(valueAt(field, x0, y0)).toBeCloseTo(128, 6);
      expect(valueAt(field, x1, y1)).toBeCloseTo(128, 6);
    }
  });

  it.each([1, 2, 3])("has as many ends as the grid's lines are crossed, none of them loose (%i)", (seed) => {
    const random = seeded(seed);
    const field = { width: 8, height: 8, values: Array.from({ length: 64 }, () => random()) };
    const ends = new Map<string, number>();
    for (const [x0, y0, x1, y1] of contour(field, 0.5)) {
      for (const [x, y] of [
        [x0, y0],
        [x1, y1],
      ]) {
        const key = `${x?.toFixed(9)},${y?.toFixed(9)}`;
        ends.set(key, (ends.get(key) ?? 0) + 1);
      }
    }
    for (const [key, count] of ends) {
      const [x = 0, y = 0] = key.split(",").map(Number);
      const border = x === 0 || y === 0 || x === 7 || y === 7;
      expect(count).toBe(border ? 1 : 2);
    }
  });

  it("goes round a hill", () => {
    const values = [0, 0, 0, 0, 9, 0, 0, 0, 0];
    expect(contour({ width: 3, height: 3, values }, 4.5).length).toBe(4);
    expect(contour({ width: 3, height: 3, values }, 10)).toEqual([]);
  });

  it("keeps two hills apart where only their corners touch", () => {
    const apart = contour({ width: 2, height: 2, values: [6, 0, 0, 6] }, 5);
    expect(apart).toHaveLength(2);
    // Each line cuts off one of the high corners.
    for (const [x0, y0, x1, y1] of apart) expect(Math.abs(x0 + y0 + x1 + y1 - 2)).toBeGreaterThan(1);
  });
});
