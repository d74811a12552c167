import { expect, it } from "vitest";
import { all, edgesOf, readXml, wordsOf } from "../../../marks/svg/testing.ts";
import { footOf, type SavedFoot } from "./foot.ts";
import { PAPER } from "./testing.ts";

const FACTS = "resnet20 · CIFAR-10 test · 10,000 images · 91.25 % right";
const footIn = (part: Partial<SavedFoot>, width = 1100) =>
  footOf({ facts: FACTS, curves: null, scales: [], sizes: null, ...part }, width, PAPER);
const read = (part: Partial<SavedFoot>, width = 1100) => readXml(footIn(part, width).draw(700));

it("says what the picture is of, and only what it shows", () => {
  expect(all(read({}), "text").map(wordsOf)).toEqual([FACTS]);
  const words = "Influence: 312 of 1,408 connections, 80 % of the weight";
  const curves = { drawn: true, words };
  expect(all(read({ curves }), "text").map(wordsOf)).toEqual(["excites", "inhibits", words, FACTS]);
  const hidden = { drawn: false, words: "0 of 1,408 connections: hidden" };
  expect(all(read({ curves: hidden }), "text").map(wordsOf)).toEqual([hidden.words, FACTS]);
});

it("gives sizes and colours their numbers", () => {
  const sizes = {
    what: "in layer3",
    marks: [
      { side: 1, words: "≤ 1" },
      { side: 4, words: "≥ 4" },
    ],
  };
  const scale = { kind: "signed", range: { low: -2, high: 2 }, beyond: true, unit: "contribution" } as const;
  const made = read({ sizes, scales: [scale] });
  expect(all(made, "text").map(wordsOf)).toEqual([
    ...["≤ 1", "≥ 4", "in layer3"],
    ...["−2.00 or less", "+2.00 or more · contribution", FACTS],
  ]);
  const bar = all(made, "rect").find((one) => one.attributes.fill?.startsWith("url"));
  const [gradient] = all(made, "linearGradient");
  expect(bar?.attributes.fill).toBe(`url(#${gradient?.attributes.id})`);
  expect(all(made, "stop").length).toBeGreaterThan(4);
});

it.each([1100, 600, 400])("keeps within %i pixels, in as many lines as that takes", (width) => {
  const sizes = { what: "strongest activations in layer3", marks: [{ side: 4, words: "≥ 29.4" }] };
  const foot = footIn(
    { curves: { drawn: true, words: "Weights: 312 of 1,408 connections, 80 % of the weight" }, sizes },
    width,
  );
  const edges = edgesOf(readXml(foot.draw(700)));
  for (const { left, right, top, bottom } of edges) {
    expect(left).toBeGreaterThanOrEqual(0);
    expect(right).toBeLessThanOrEqual(width);
    expect(top).toBeGreaterThanOrEqual(700);
    expect(bottom).toBeLessThanOrEqual(700 + foot.height);
  }
  const texts = edges.filter(({ node }) => node.name === "text");
  for (const [index, one] of texts.entries()) {
    for (const other of texts.slice(index + 1)) {
      expect(one.right <= other.left || one.bottom <= other.top || other.right <= one.left).toBe(true);
    }
  }
});
