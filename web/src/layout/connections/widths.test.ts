import { expect, it } from "vitest";
import { LEGEND_SHARES, widthOf } from "./widths.ts";

it("keeps the order of all shares that can be told apart, up to the whole", () => {
  const shares = [0.005, 0.01, 0.03, 0.1, 0.125, 0.33, 0.5, 0.8, 1];
  const widths = shares.map(widthOf);
  for (let i = 1; i < widths.length; i++) expect((widths[i] ?? 0) - (widths[i - 1] ?? 0)).toBeGreaterThan(0.1);
  expect(widthOf(0)).toBe(widthOf(0.001));
  expect(widthOf(2)).toBe(widthOf(1));
  expect([...LEGEND_SHARES].sort((a, b) => a - b)).toEqual([...LEGEND_SHARES]);
});
