import { describe, expect, it } from "vitest";
import { seeded } from "../../../mock/random.ts";
import { spread } from "./spread.ts";

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The same by the minimax formula of isotonic regression: at each rank, the greatest of the least means. */
function byMinimax(aims: readonly number[], spacing: number): number[] {
  const order = aims.map((_, i) => i).sort((a, b) => (aims[a] ?? 0) - (aims[b] ?? 0) || a - b);
  const free = order.map((index, rank) => (aims[index] ?? 0) - rank * spacing);
  const out = new Array<number>(aims.length).fill(0);
  order.forEach((index, rank) => {
    const greatest = free.slice(0, rank + 1).map((_, from) => {
      const least = free.slice(rank).map((__, step) => mean(free.slice(from, rank + step + 1)));
      return Math.min(...least);
    });
    out[index] = Math.max(...greatest) + rank * spacing;
  });
  return out;
}

describe("spread", () => {
  it("agrees with the minimax formula", () => {
    const random = seeded(7);
    for (let trial = 0; trial < 60; trial++) {
      const aims = Array.from({ length: 1 + Math.floor(random() * 9) }, () => Math.round(random() * 40));
      const [found, slow] = [spread(aims, 6), byMinimax(aims, 6)];
      found.forEach((value, i) => {
        expect(value).toBeCloseTo(slow[i] ?? Number.NaN, 9);
      });
    }
  });

  it("leaves alone what is apart", () => {
    expect(spread([30, 0, 10], 10)).toEqual([30, 0, 10]);
    expect(spread([], 5)).toEqual([]);
  });
});
