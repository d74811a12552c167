import { expect, it } from "vitest";
import type { MatrixFacts } from "../../api/types.ts";
import { cellNumber, cellWords } from "./cells.ts";

const facts: MatrixFacts = {
  facet: "contributions",
  address: "",
  minimum: -1,
  maximum: 1,
  lowest: [-1],
  highest: [1],
  limit: 1,
  unit: "contribution to the class score",
  images: "on 2,000 probe images",
};
const columns = [
  { key: "0", title: "cat", classes: [0], opens: false },
  { key: "1-9", title: "ship, truck and 6 more", classes: [1, 2, 3], opens: true },
];
const values = { rows: 1, columns: 2, values: Float32Array.from([-0.25, Number.NaN]) };
const ranges = [{ low: -0.5, high: 0.5 }];
const words = (row: number, column: number) => cellWords({ row, column }, [13], columns, { values, ranges, facts });

it("says neuron, class and the value with its sign and unit", () => {
  expect(words(0, 0)).toEqual({
    title: "neuron 13 · cat",
    text: "−0.25 contribution to the class score; colours from −0.50 to +0.50",
  });
  const amounts = { ...values, values: Float32Array.from([0.5, 0]) };
  const activations = { ...facts, facet: "activations" as const, unit: "mean activation" };
  const cell = { row: 0, column: 0 };
  const shown = { values: amounts, ranges: [{ low: 0, high: 2 }], facts: activations };
  expect(cellWords(cell, [13], columns, shown).text).toBe("0.50 mean activation; colours from 0 to 2.00");
});

it("says how many classes a group is the mean of, and where there is no image", () => {
  expect(words(0, 1)).toEqual({
    title: "neuron 13 · ship, truck and 6 more (mean of 3 classes)",
    text: "no image",
  });
});

it("says what can be done on the words", () => {
  expect(words(0, -1).text).toContain("rows");
  expect(words(-1, 0).text).toContain("columns");
  expect(words(-1, 1).text).toContain("open");
});

it("writes a value alone, signed where it may be negative", () => {
  expect(cellNumber(-0.25, facts)).toBe("−0.25");
  expect(cellNumber(0.25, facts)).toBe("+0.25");
  expect(cellNumber(0.25, { ...facts, facet: "activations" })).toBe("0.25");
  expect([cellNumber(Number.NaN, facts), cellNumber(undefined, facts)]).toEqual(["–", "–"]);
});
