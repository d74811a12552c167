import { describe, expect, it } from "vitest";
import { seeded } from "../../../mock/random.ts";
import { spread, spreadByAim } from "./spread.ts";

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Room before each, as if all stood side by side. */
const offsetsOf = (sizes: readonly number[], gap: number): number[] =>
  sizes.map((_, rank) =>
    sizes.slice(0, rank).reduce((sum, size, i) => sum + (size + (sizes[i + 1] ?? 0)) / 2 + gap, 0),
  );

/** The same by the minimax formula of isotonic regression: at each rank, the greatest of the least means. */
function byMinimax(aims: readonly number[], sizes: readonly number[], gap: number): number[] {
  const offsets = offsetsOf(sizes, gap);
  const free = aims.map((aim, rank) => aim - (offsets[rank] ?? 0));
  return free.map((_, rank) => {
    const greatest = free.slice(0, rank + 1).map((__, from) => {
      const least = free.slice(rank).map((___, step) => mean(free.slice(from, rank + step + 1)));
      return Math.min(...least);
    });
    return Math.max(...greatest) + (offsets[rank] ?? 0);
  });
}

describe("spread", () => {
  it("agrees with the minimax formula, in the order given", () => {
    const random = seeded(7);
    for (let trial = 0; trial < 60; trial++) {
      const aims = Array.from({ length: 1 + Math.floor(random() * 9) }, () => Math.round(random() * 40));
      const sizes = aims.map(() => 1 + Math.round(random() * 8));
      const [found, slow] = [spread(aims, sizes, 2), byMinimax(aims, sizes, 2)];
      found.forEach((value, i) => {
        expect(value).toBeCloseTo(slow[i] ?? Number.NaN, 9);
        const before = found[i - 1];
        if (before !== undefined)
          expect(value - before).toBeGreaterThan(((sizes[i - 1] ?? 0) + (sizes[i] ?? 0)) / 2 + 2 - 1e-9);
      });
    }
  });

  it("leaves alone what is apart", () => {
    expect(spread([0, 10, 30], [10, 10, 10], 0)).toEqual([0, 10, 30]);
    expect(spread([], [], 5)).toEqual([]);
  });

  it("takes the order of the aims where none is given", () => {
    expect(spreadByAim([30, 0, 10], 10)).toEqual([30, 0, 10]);
    expect(spreadByAim([5, 5, 0], 10)).toEqual(
      spread([0, 5, 5], [10, 10, 10], 0).map((_, i, all) => all[[1, 2, 0][i] ?? 0]),
    );
  });
});
