import { expect, it } from "vitest";
import { seeded } from "../../../mock/random.ts";
import { hitTest } from "./hit.ts";
import type { Strand } from "./picture.ts";

const strand = (points: number[], width = 2): Strand => ({
  item: 0,
  source: 0,
  target: 0,
  sign: 1,
  width,
  skip: false,
  points,
});

/** Least distance to a curve by stepping along it finely. */
function slow({ points: p, width }: Strand, x: number, y: number): number {
  let best = Number.POSITIVE_INFINITY;
  for (let at = 0; at + 7 < p.length; at += 6) {
    for (let i = 0; i <= 400; i++) {
      const [t, s] = [i / 400, 1 - i / 400];
      const value = (axis: number): number =>
        s ** 3 * (p[at + axis] ?? 0) +
        3 * s * s * t * (p[at + 2 + axis] ?? 0) +
        3 * s * t * t * (p[at + 4 + axis] ?? 0) +
        t ** 3 * (p[at + 6 + axis] ?? 0);
      best = Math.min(best, Math.hypot(value(0) - x, value(1) - y));
    }
  }
  return best - width / 2;
}

it("finds what a fine search along every curve finds", () => {
  const random = seeded(3);
  const strands = Array.from({ length: 12 }, () => {
    const [y0, y1] = [random() * 300, random() * 300];
    return strand([0, y0, 50, y0, 50, y1, 100, y1, 100, y1, 160, y1, 160, y1]);
  });
  const hits = hitTest(strands);
  for (let trial = 0; trial < 100; trial++) {
    const [x, y] = [random() * 160, random() * 300];
    const found = hits.at(x, y, 4);
    const distances = strands.map((one) => slow(one, x, y));
    const least = Math.min(...distances);
    // Chords are a little off the curve, so what is about equally near may be found too.
    if (found === null) expect(least).toBeGreaterThan(2.5);
    else expect((distances[found] ?? 99) - Math.max(0, least)).toBeLessThan(1.5);
  }
});

it("does not see what is to be skipped", () => {
  const hits = hitTest([strand([0, 10, 30, 10, 60, 10, 100, 10])]);
  expect(hits.at(50, 11, 3)).toBe(0);
  expect(hits.at(50, 11, 3, () => true)).toBeNull();
  expect(hits.at(50, 40, 3)).toBeNull();
});
