import { expect, it } from "vitest";
import { ratioFor } from "./drawSvg.ts";

it("takes the pixels that are wanted, or as many as a canvas may have", () => {
  expect(ratioFor({ width: 1100, height: 800 }, 2)).toBe(2);
  expect(ratioFor({ width: 16_384, height: 800 }, 2)).toBe(1);
  for (const size of [
    { width: 90_000, height: 700 },
    { width: 12_000, height: 12_000 },
  ]) {
    const ratio = ratioFor(size, 2);
    expect(ratio * size.width).toBeLessThanOrEqual(16_384);
    expect(ratio * ratio * size.width * size.height).toBeLessThanOrEqual(200e6 + 1);
  }
});
