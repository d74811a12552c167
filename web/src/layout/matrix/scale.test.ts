import { describe, expect, it } from "vitest";
import { seeded } from "../../../mock/random.ts";
import type { MatrixFacts } from "../../api/types.ts";
import type { MatrixColumn } from "./columns.ts";
import { gridOf } from "./grid.ts";
import { layerRange, neuronRange, normalisationFor, painted, rangesOf, sharesOf } from "./scale.ts";

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
const CLASSES = 5;
const matrix = {
  classes: CLASSES,
  values: Float32Array.from({ length: 6 * CLASSES }, () => (next() < 0.1 ? Number.NaN : next() * 5 - 1.5)),
};
const neurons = [0, 1, 2, 3, 4, 5];
const known = (neuron: number): number[] =>
  [...matrix.values.slice(neuron * CLASSES, (neuron + 1) * CLASSES)].filter((value) => !Number.isNaN(value));
const column = (...classes: number[]): MatrixColumn => ({
  key: classes.join(),
  title: "",
  classes,
  opens: classes.length > 1,
});
const shares = (columns: readonly MatrixColumn[], normalisation: "row" | "layer", part: Partial<MatrixFacts> = {}) => {
  const given = facts(part);
  const ranges = rangesOf(matrix, neurons, given, normalisation);
  return sharesOf(gridOf(matrix, neurons, columns), ranges, given.facet === "contributions").values;
};
const single = (values: number[], part: Partial<MatrixFacts>, normalisation: "row" | "layer") => {
  const one = { classes: values.length, values: Float32Array.from(values) };
  const given = facts(part);
  const grid = { rows: 1, columns: values.length, values: one.values };
  return [...sharesOf(grid, rangesOf(one, [0], given, normalisation), given.facet === "contributions").values];
};

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

describe("neuronRange", () => {
  it("is from the least to the largest of all classes, or as far from 0", () => {
    for (const neuron of neurons) {
      const [low, high] = [Math.min(...known(neuron)), Math.max(...known(neuron))];
      expect(neuronRange(matrix, neuron, false)).toEqual({ low, high });
      const most = Math.max(Math.abs(low), Math.abs(high));
      expect(neuronRange(matrix, neuron, true)).toEqual({ low: -most, high: most });
    }
  });
});

describe("sharesOf", () => {
  const classes = neurons.slice(0, CLASSES).map((index) => column(index));

  it("spans each row from the neuron's least to its largest value", () => {
    const values = shares(classes, "row");
    matrix.values.forEach((value, cell) => {
      const { low, high } = neuronRange(matrix, Math.floor(cell / CLASSES), false);
      if (Number.isNaN(value)) expect(values[cell]).toBeNaN();
      else expect(values[cell]).toBeCloseTo((value - low) / (high - low), 5);
    });
  });

  it.each(["activations", "contributions"] as const)("of %s recolours nothing when a group is opened", (facet) => {
    const closed = shares([column(0), column(1), column(2, 3, 4)], "row", { facet });
    const opened = shares(classes, "row", { facet });
    for (const row of neurons) {
      expect(closed[3 * row]).toEqual(opened[CLASSES * row]);
      expect(closed[3 * row + 1]).toEqual(opened[CLASSES * row + 1]);
    }
  });

  it("keeps 0 in the middle for contributions, and the same distance on both sides", () => {
    for (const normalisation of ["row", "layer"] as const) {
      const [zero, less = 0, more = 0] = single([0, -1, 1], { facet: "contributions" }, normalisation);
      expect(zero).toBe(0.5);
      expect(less + more).toBeCloseTo(1);
    }
  });

  it("ends where the layer's range ends", () => {
    expect(single([-1, 1, 7], {}, "layer")).toEqual([0, 0.5, 1]);
  });

  it.each([
    ["activations", 0],
    ["contributions", 0.5],
  ] as const)("puts a row of zeros of %s at %f", (facet, share) => {
    expect(single([0, 0], { facet }, "row")).toEqual([share, share]);
  });

  it("leaves a row without images alone", () => {
    expect(single([Number.NaN, Number.NaN], {}, "row")).toEqual([Number.NaN, Number.NaN]);
  });
});

it("gives rows of two classes the layer's range: their own would make one light and one dark", () => {
  expect([1, 2, 3, 10].map((classes) => normalisationFor("row", classes))).toEqual(["layer", "layer", "row", "row"]);
  expect(normalisationFor("layer", 10)).toBe("layer");
});

it("paints ends, middle and missing cells", () => {
  const grid = { rows: 1, columns: 4, values: Float32Array.from([0, 1, 0.5, Number.NaN]) };
  expect([...painted(grid, Uint32Array.from([10, 20, 30]), 99)]).toEqual([10, 30, 20, 99]);
});
