import { describe, expect, it } from "vitest";
import { axisOf, stepAxis } from "./axis.ts";
import {
  besideLevel,
  drawnLine,
  heldLine,
  type Line,
  lineOf,
  rangeOf,
  rangeWith,
  real,
  smoothed,
  valueAt,
} from "./curves.ts";

const line = (values: number[], steps = values.map((_, i) => i)): Line => ({ steps, values });

it("reads what is not finite", () => {
  expect([real(1.5), real("inf"), real("-inf")]).toEqual([1.5, Infinity, -Infinity]);
  expect([real("nan"), real(null), real(undefined)].every(Number.isNaN)).toBe(true);
  expect(lineOf({ name: "loss", place: 0, steps: [1, 2], values: [3, "inf"] })).toEqual({
    steps: [1, 2],
    values: [3, Infinity],
  });
});

describe("smoothing", () => {
  /** The definition, written out: a mean of all points before with weights that fall by the same factor. */
  function slow(values: number[], smooth: number): number[] {
    return values.map((_, i) => {
      const weights = values.slice(0, i + 1).map((_, j) => smooth ** (i - j));
      const sum = weights.reduce((a, b) => a + b, 0);
      return weights.reduce((total, weight, j) => total + weight * (values[j] as number), 0) / sum;
    });
  }

  it("is the mean that it says", () => {
    const values = Array.from({ length: 40 }, (_, i) => Math.sin(i) + i / 10);
    for (const smooth of [0.3, 0.9]) {
      const found = smoothed(line(values), smooth).values;
      for (const [i, value] of slow(values, smooth).entries()) expect(found[i]).toBeCloseTo(value, 9);
    }
  });

  it("leaves a constant and its ends alone, passes over gaps, and does nothing at 0", () => {
    expect(smoothed(line([2, 2, 2, 2]), 0.9).values.every((value) => Math.abs(value - 2) < 1e-12)).toBe(true);
    expect(smoothed(line([1, Number.NaN, 3]), 0.5).values[1]).toBeNaN();
    const same = line([1, 5, 2]);
    expect(smoothed(same, 0)).toBe(same);
  });

  it("forgets more over a longer gap", () => {
    const near = smoothed(line([0, 0, 0, 10], [0, 1, 2, 3]), 0.9).values[3] as number;
    const far = smoothed(line([0, 0, 0, 10], [0, 1, 2, 30]), 0.9).values[3] as number;
    expect(far).toBeGreaterThan(near);
  });
});

it("holds a value until the next one, and the last to the end", () => {
  expect(heldLine(line([0.1, 0.01], [1, 50]), 90)).toEqual({ steps: [1, 50, 50, 90], values: [0.1, 0.1, 0.01, 0.01] });
  expect(heldLine(line([5], [7]), 7)).toEqual(line([5], [7]));
  expect(heldLine(line([]), 7)).toEqual(line([]));
});

it("takes the range of what is finite", () => {
  expect(rangeOf([line([1, Number.NaN, -2]), line([Infinity, 7])])).toEqual({ low: -2, high: 7 });
  expect(rangeOf([line([0, -1, 3])], true)).toEqual({ low: 3, high: 3 });
  expect(rangeOf([line([Number.NaN])])).toBeNull();
});

it("makes room for a level in or near the range, and for no other", () => {
  expect(rangeWith({ low: 0.1, high: 2.4 }, 2.3)).toEqual({ low: 0.1, high: 2.4 });
  expect(rangeWith({ low: 1, high: 2.1 }, 2.3)).toEqual({ low: 1, high: 2.3 });
  expect(rangeWith({ low: 2.304, high: 2.3041 }, Math.LN10)).toEqual({ low: Math.LN10, high: 2.3041 });
  expect(rangeWith({ low: 0.1, high: 0.5 }, 2.3)).toBeNull();
  expect(rangeWith({ low: 0.01, high: 1.9 }, 2.3, true)).toEqual({ low: 0.01, high: 2.3 });
  expect(rangeWith({ low: 0.1, high: 0.2 }, 2.3, true)).toBeNull();
  expect(rangeWith({ low: 0.1, high: 3 }, 0, true)).toBeNull();
});

it("puts the words of a level where no line runs through them", () => {
  const words = { from: 50, to: 100, bottom: 90 };
  expect(besideLevel(40, words, [])).toBe(33);
  expect(besideLevel(5, words, [])).toBe(13);
  expect(besideLevel(40, words, [[0, 33, 40, 33]])).toBe(33);
  expect(besideLevel(40, words, [[0, 33, 200, 33]])).toBe(48);
  expect(besideLevel(40, words, [[60, 20, 61, 60, 62, 20]])).toBe(13);
  expect(besideLevel(40, words, [[60, 0, 60, 90]])).toBe(33);
});

it("draws pieces between what is not finite", () => {
  const drawn = drawnLine(line([0, 1, Number.NaN, 1, 0]), stepAxis(0, 4), axisOf(0, 1), { width: 100, height: 50 });
  expect(drawn.pieces.map((piece) => piece.filter((_, i) => i % 2 === 0))).toEqual([
    [0, 25],
    [75, 100],
  ]);
  expect(drawn.strange).toEqual([50]);
  const [top, bottom] = [drawn.pieces[0]?.[3] as number, drawn.pieces[0]?.[1] as number];
  expect(top).toBeLessThan(bottom);
});

it("reads a line at a step", () => {
  const one = line([5, 6, 7], [10, 20, 30]);
  expect([9, 10, 19, 20, 99].map((step) => valueAt(one, step))).toEqual([null, 5, 5, 6, 7]);
});
