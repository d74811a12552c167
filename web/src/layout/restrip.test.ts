import { describe, expect, it } from "vitest";
import { seeded } from "../../mock/random.ts";
import { leavesOnce } from "../../mock/regions.ts";
import { restrip } from "./restrip.ts";
import { type Strip, strip } from "./skyline.ts";

const SEEDS = Array.from({ length: 40 }, (_, seed) => seed);

function example(seed: number): { squares: { sides: number[]; regions: number[] }; width: number; before: Strip } {
  const random = seeded(seed);
  const count = 16 + Math.floor(random() * 60);
  const sides = Array.from({ length: count }, () => 2 + Math.floor(random() * 4));
  const regions = Array.from({ length: count }, (_, index) => Math.floor(index / 8));
  const width = 14 + Math.floor(random() * 20);
  const order = sides.map((_, index) => index);
  return { squares: { sides, regions }, width, before: strip({ sides, regions }, order, width) };
}

describe("restrip", () => {
  it.each(SEEDS)("leaves the others where they are when one goes: %i", (seed) => {
    const { squares, width, before } = example(seed);
    const gone = seed % squares.sides.length;
    const left = squares.sides.map((_, index) => index).filter((index) => index !== gone);
    const now = { sides: left.map((i) => squares.sides[i] ?? 0), regions: left.map((i) => squares.regions[i] ?? 0) };
    const found = restrip(now, left, before, width);
    expect(found?.x).toEqual(left.map((index) => before.x[index]));
    expect(found?.y).toEqual(left.map((index) => before.y[index]));
  });

  it.each(SEEDS)("makes room below its region for one that comes: %i", (seed) => {
    const { squares, width, before } = example(seed);
    const place = (7 * seed) % squares.sides.length;
    const now = {
      sides: squares.sides.toSpliced(place, 0, 3),
      regions: squares.regions.toSpliced(place, 0, squares.regions[place] ?? 0),
    };
    const old = now.sides.map((_, index) => (index === place ? null : index < place ? index : index - 1));
    const found = restrip(now, old, before, width);
    if (!found) throw new Error("it fits into the width");
    expect(leavesOnce(now, found)).toBe(true);
    expect(Math.max(...found.x.map((x, index) => x + (now.sides[index] ?? 0)))).toBeLessThanOrEqual(width);
    expect(found.height).toBe(Math.max(...found.y.map((y, index) => y + (now.sides[index] ?? 0))));
    for (const [index, at] of old.entries()) {
      if (at === null) continue;
      expect(found.x[index], "nothing moves sideways").toBe(before.x[at]);
      expect(found.y[index], "or upwards").toBeGreaterThanOrEqual(before.y[at] ?? 0);
      const earlier = (now.regions[index] ?? 0) <= (now.regions[place] ?? 0);
      if (earlier) expect(found.y[index], "its own region and those above stay").toBe(before.y[at]);
    }
    expect(found.height).toBeLessThanOrEqual(before.height + 3);
  });

  it("gives up when a new one is wider than the strip", () => {
    const { squares, before } = example(1);
    const now = { sides: [...squares.sides, 50], regions: [...squares.regions, 9] };
    const old = now.sides.map((_, index) => (index < squares.sides.length ? index : null));
    expect(restrip(now, old, before, 20)).toBeNull();
  });
});
