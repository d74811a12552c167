import { describe, expect, it } from "vitest";
import { gapWidth, shareWidths } from "./widths.ts";

const LIMITS = { least: 80, most: 50 };
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe("shareWidths", () => {
  it("gives every column tiles of the same size", () => {
    const wishes = [(tile: number) => 5 * tile, (tile: number) => 10 * tile];
    const [first = 0, second = 0] = shareWidths(wishes, 480, LIMITS) ?? [];
    expect(first + second).toBeGreaterThan(460);
    expect(first + second).toBeLessThanOrEqual(480);
    expect(second / first).toBeCloseTo(2);
  });

  it("takes no more than the largest tiles need", () => {
    expect(shareWidths([(tile) => 2 * tile], 900, LIMITS)).toEqual([100]);
  });

  it("squeezes what is beyond the least where even small tiles need more", () => {
    const widths = shareWidths([() => 90, () => 260, () => 180], 330, LIMITS) ?? [];
    expect(sum(widths)).toBeLessThanOrEqual(330);
    expect(Math.min(...widths)).toBeGreaterThanOrEqual(80);
    expect([...widths].sort((a, b) => a - b)).toEqual([widths[0], widths[2], widths[1]]);
  });

  it("gives up when there is not even room for the least", () => {
    expect(shareWidths([() => 90, () => 90], 150, LIMITS)).toBeNull();
    expect(shareWidths([], 0, LIMITS)).toEqual([]);
  });
});

it("makes gaps wider where more clusters are joined", () => {
  expect(gapWidth(9, 12)).toBeGreaterThan(gapWidth(2, 3));
  expect(gapWidth(9, 12)).toBeGreaterThan(90);
});
