import { describe, expect, it } from "vitest";
import { seeded } from "../../../mock/random.ts";
import type { MatrixFacts } from "../../api/types.ts";
import { layerRange, painted, rowRange, sharesOf } from "./scale.ts";

const facts = (part: Partial<MatrixFacts>): MatrixFacts => ({
  facet: "activations",
  address: "",
  minimum: 0,
  maximum: 3,
  lowest: [],
  highest: [],
  limit: 2,
  unit: "",
  images: "",
  ...part,
});

const next = seeded(4);
const grid = {
  rows: 6,
  columns: 5,
  values: Float32Array.from({ length: 30 }, () => (next() < 0.1 ? Number.NaN : next() * 5 - 1.5)),
};
const row = (index: number): number[] =>
  [...grid.values.slice(index * 5, index * 5 + 5)].filter((value) => !Number.isNaN(value));

describe("layerRange", () => {
  it("is around 0 for contributions", () => {
    expect(layerRange(facts({ facet: "contributions", minimum: -9, maximum: 3 }))).toEqual({ low: -2, high: 2 });
  });

  it.each([
    [0, 0],
    [0.5, 0],
    [-0.3, -0.3],
    [-9, -2],
    [null, 0],
  ])("of activations from %f begins at %f", (minimum, low) => {
    expect(layerRange(facts({ minimum }))).toEqual({ low, high: 2 });
  });
});

describe("sharesOf", () => {
  it("spans each row from its least to its largest value", () => {
    const { values } = sharesOf(grid, facts({}), "row");
    for (let r = 0; r < 6; r++) {
      const known = row(r);
      const [low, high] = [Math.min(...known), Math.max(...known)];
      for (let i = 5 * r; i < 5 * r + 5; i++) {
        const value = grid.values[i] as number;
        if (Number.isNaN(value)) expect(values[i]).toBeNaN();
        else expect(values[i]).toBeCloseTo((value - low) / (high - low), 5);
      }
    }
  });

  it("keeps 0 in the middle for contributions, and the same distance on both sides", () => {
    const signed = facts({ facet: "contributions" });
    for (const normalisation of ["row", "layer"] as const) {
      const made = sharesOf({ rows: 1, columns: 3, values: Float32Array.from([0, -1, 1]) }, signed, normalisation);
      expect(made.values[0]).toBe(0.5);
      expect((made.values[1] as number) + (made.values[2] as number)).toBeCloseTo(1);
    }
    expect(rowRange(grid, 0, true).low).toBe(-rowRange(grid, 0, true).high);
  });

  it("ends where the layer's range ends", () => {
    const made = sharesOf({ rows: 1, columns: 3, values: Float32Array.from([-1, 1, 7]) }, facts({}), "layer");
    expect([...made.values]).toEqual([0, 0.5, 1]);
  });

  it.each([
    ["activations", 0],
    ["contributions", 0.5],
  ] as const)("puts a row of zeros of %s at %f", (facet, share) => {
    const made = sharesOf({ rows: 1, columns: 2, values: new Float32Array(2) }, facts({ facet }), "row");
    expect([...made.values]).toEqual([share, share]);
  });

  it("leaves a row without images alone", () => {
    const none = { rows: 1, columns: 2, values: Float32Array.from([Number.NaN, Number.NaN]) };
    expect([...sharesOf(none, facts({}), "row").values]).toEqual([Number.NaN, Number.NaN]);
  });
});

it("paints ends, middle and missing cells", () => {
  const shares = { rows: 1, columns: 4, values: Float32Array.from([0, 1, 0.5, Number.NaN]) };
  expect([...painted(shares, Uint32Array.from([10, 20, 30]), 99)]).toEqual([10, 30, 20, 99]);
});
