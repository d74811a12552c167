import { expect, it } from "vitest";
import type { MatrixFacts } from "../../api/types.ts";
import { cellWords } from "./cells.ts";

const facts: MatrixFacts = {
  facet: "contributions",
  address: "",
  minimum: -1,
  maximum: 1,
  lowest: [-1],
  highest: [1],
  limit: 1,
  unit: "contribution to the logit",
  images: "on 2,000 probe images",
};
const columns = [
  { key: "0", title: "cat", classes: [0], opens: false },
  { key: "1-9", title: "ship, truck and 6 more", classes: [1, 2, 3], opens: true },
];
const values = { rows: 1, columns: 2, values: Float32Array.from([-0.25, Number.NaN]) };
const words = (row: number, column: number, of = facts) => cellWords({ row, column }, [13], columns, values, of);

it("says neuron, class and the value with its sign and unit", () => {
  expect(words(0, 0)).toEqual({ title: "neuron 13 · cat", text: "−0.25 contribution to the logit" });
  const amounts = { ...values, values: Float32Array.from([0.5, 0]) };
  const activations = { ...facts, facet: "activations" as const, unit: "mean activation" };
  const cell = { row: 0, column: 0 };
  expect(cellWords(cell, [13], columns, amounts, activations).text).toBe("0.50 mean activation");
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
