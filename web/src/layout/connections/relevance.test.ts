import { describe, expect, it } from "vitest";
import { seeded } from "../../../mock/random.ts";
import { keyOf } from "./keys.ts";
import { type LinkPicture, linkPicture, type Strand } from "./picture.ts";
import { calmOf, cardOpacity, opacityOf, relevanceOf } from "./relevance.ts";
import { bundle, curve, gap, plainSource } from "./testing.ts";

const FAR = Number.POSITIVE_INFINITY;

/** Distances by relaxing every strand until nothing changes. */
function relaxed(strands: readonly Strand[], start: string, back: boolean): Map<string, number> {
  const out = new Map([[start, 0]]);
  for (let round = 0; round <= strands.length; round++) {
    for (const strand of strands) {
      const [from, to] = back ? [strand.to, strand.from] : [strand.from, strand.to];
      const there = (out.get(from) ?? FAR) + (to.startsWith("#") ? 0 : 1);
      if (there < (out.get(to) ?? FAR)) out.set(to, there);
    }
  }
  return out;
}

const COLUMNS = [
  ["a", "b", "c"],
  ["d", "e", "f"],
  ["g", "h"],
];

function invented(seed: number): LinkPicture {
  const random = seeded(seed);
  const some = (ids: readonly string[]): string[] => ids.filter(() => random() < 0.6);
  const gaps = [
    [0, 1],
    [1, 2],
    [0, 2],
  ].map(([source = 0, target = 0]) => {
    const [from, to] = [COLUMNS[source] ?? [], COLUMNS[target] ?? []];
    const curves = from.flatMap((one) => to.filter(() => random() < 0.3).map((other) => curve(one, other)));
    const bundles = [bundle(some(from), some(to))].filter((one) => one.sources.length > 0 && one.targets.length > 0);
    return gap({ source, target, curves, bundles });
  });
  return linkPicture(plainSource(COLUMNS, gaps));
}

describe("distance from a cluster", () => {
  it("is that along the strands, forwards or backwards", () => {
    for (let seed = 0; seed < 40; seed++) {
      const picture = invented(seed);
      const start = keyOf("l1", "e");
      const found = relevanceOf(picture, { kind: "clusters", keys: [start] });
      const [ahead, behind] = [relaxed(picture.strands, start, false), relaxed(picture.strands, start, true)];
      picture.strands.forEach((strand, index) => {
        const slow = Math.min(ahead.get(strand.from) ?? FAR, behind.get(strand.to) ?? FAR);
        expect(found?.strands[index]).toBe(slow);
      });
      for (const key of picture.boxes.keys()) {
        const slow = Math.min(ahead.get(key) ?? FAR, behind.get(key) ?? FAR);
        expect(found?.clusters.get(key) ?? FAR).toBe(slow);
      }
    }
  });

  it("lights only the own curve into a bicluster's node", () => {
    const picture = linkPicture(plainSource(COLUMNS, [gap({ bundles: [bundle(["a", "b"], ["d", "e", "f"])] })]));
    const found = relevanceOf(picture, { kind: "clusters", keys: [keyOf("l0", "a")] });
    expect(found?.strands).toEqual([0, FAR, 0, 0, 0]);
  });
});

it("lights a drawn item and the clusters that it joins", () => {
  const curves = [curve("a", "d"), curve("b", "e")];
  const picture = linkPicture(plainSource(COLUMNS, [gap({ curves })]));
  const found = relevanceOf(picture, { kind: "item", item: 1 });
  expect(found?.strands).toEqual([FAR, 0]);
  expect([...(found?.clusters.keys() ?? [])]).toEqual([keyOf("l0", "b"), keyOf("l1", "e")]);
});

it("lights only the strands between stops in a row", () => {
  const gaps = [
    gap({ bundles: [bundle(["a", "b"], ["d", "e", "f"])] }),
    gap({ source: 1, target: 2, curves: [curve("d", "g")] }),
    gap({ source: 0, target: 2, curves: [curve("a", "g")] }),
  ];
  const picture = linkPicture(plainSource(COLUMNS, gaps));
  const keys = [keyOf("l2", "g"), keyOf("l1", "d"), keyOf("l0", "a")];
  const found = relevanceOf(picture, { kind: "path", keys });
  const lit = picture.strands.filter((_, index) => found?.strands[index] === 0).map(({ from, to }) => [from, to]);
  expect(lit).toEqual([
    [keyOf("l1", "d"), keyOf("l2", "g")],
    [keyOf("l0", "a"), "#0 in"],
    ["#0 in", keyOf("l1", "d")],
  ]);
});

it("lights everything alike when nothing is looked at", () => {
  expect(relevanceOf(invented(1), null)).toBeNull();
});

describe("opacity", () => {
  it("falls with the distance, and jumps stay behind the others", () => {
    const own = [0, 1, 2, 3, 9, FAR].map((distance) => opacityOf({ skip: false }, distance, 0.28));
    expect([...own].sort((a, b) => b - a)).toEqual(own);
    expect(opacityOf({ skip: true }, null, 0.28)).toBeLessThan(opacityOf({ skip: false }, null, 0.28));
    expect(opacityOf({ skip: true }, 0, 0.1)).toBe(opacityOf({ skip: false }, 0, 0.1));
    expect(opacityOf({ skip: true }, 1, 0.1)).toBe(0.1);
  });

  it("is lower for jumps the more there are", () => {
    expect(calmOf(0)).toBe(0.28);
    expect(calmOf(20)).toBeCloseTo(0.2);
    expect(calmOf(500)).toBe(0.1);
  });

  it("dims cards that are not connected", () => {
    expect(cardOpacity(undefined)).toBeLessThan(cardOpacity(2));
    expect(cardOpacity(0)).toBe(1);
  });
});
