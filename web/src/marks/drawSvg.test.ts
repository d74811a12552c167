import { expect, it } from "vitest";
import { ratioFor, stripsOf } from "./drawSvg.ts";

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

it("cuts what is drawn into strips that lie beside each other and are soon drawn", () => {
  expect(stripsOf(3, 40, 100)).toEqual([[3, 40]]);
  const strips = stripsOf(7, 16_384, 3001);
  expect(strips[0]?.[0]).toBe(7);
  expect(strips.at(-1)?.[1]).toBe(16_384);
  for (const [place, [start, end]] of strips.entries()) {
    expect(end).toBeGreaterThan(start);
    expect((end - start) * 3001).toBeLessThan(2.01e6);
    if (place > 0) expect(start).toBe(strips[place - 1]?.[1]);
  }
});
