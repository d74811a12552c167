import { describe, expect, it } from "vitest";
import type { ClassFacts, ContrastScene } from "../api/types.ts";
import { deviations, emptyWords, mistakePair, mistakeWords, pairTitle, sideHeads, sideNames } from "./contrast.ts";

const classes = ["cat", "dog"].map((name, index): ClassFacts => ({ index, name, images: 9, recall: 1 }));
const scene = (first: number, second: number): ContrastScene => ({
  first: { images: first, examples: [] },
  second: { images: second, examples: [] },
  clusters: [],
});

describe("comparisons in words", () => {
  it.each([
    ["right", "cat taken for dog", ["cat answered as dog", "cat answered right"]],
    ["other", "cat and dog", ["cat", "dog"]],
  ] as const)("names both sides against %s", (against, title, names) => {
    const pair = { label: 0, other: 1, against };
    expect(pairTitle(classes, pair)).toBe(title);
    expect(sideNames(classes, pair)).toEqual(names);
  });

  it("is short above numbers", () => {
    expect(sideHeads(classes, { label: 0, other: 1, against: "right" })).toEqual(["as dog", "right"]);
    expect(sideHeads(classes, { label: 0, other: 1, against: "other" })).toEqual(["cat", "dog"]);
    expect([0.123, -1.5, 0.001, -0.001, 0].map(deviations)).toEqual(["+0.12", "−1.50", "0.00", "0.00", "0.00"]);
  });

  it("says which side has no image", () => {
    const names = ["one", "two"] as const;
    expect(emptyWords(scene(1, 2), [...names])).toBe("");
    expect(emptyWords(scene(0, 2), [...names])).toContain("none of these is “one”");
    expect(emptyWords(scene(0, 0), [...names])).toContain("“one”, nor “two”");
  });

  it("counts images, and shows the number of a class without a name", () => {
    expect(mistakeWords(classes, { label: 1, images: 1 })).toEqual(["dog", "1 image"]);
    expect(mistakeWords(classes, { label: 7, images: 1200 })).toEqual(["7", "1,200 images"]);
  });
});

describe("mistakePair", () => {
  const fact = { text: "", layer: "fc", label: 0, answer: 1, neuron: null };
  it("compares with the images answered right, or where there are none with the other class", () => {
    expect(mistakePair(classes, fact)).toEqual({ label: 0, other: 1, against: "right" });
    const never = classes.map((one) => ({ ...one, recall: 0 }));
    expect(mistakePair(never, fact)).toEqual({ label: 0, other: 1, against: "other" });
  });

  it("is nothing for a fact about something else", () => {
    expect(mistakePair(classes, { ...fact, answer: null })).toBeNull();
  });
});
