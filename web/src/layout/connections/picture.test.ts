import { describe, expect, it } from "vitest";
import { keyOf } from "./keys.ts";
import { linkPicture, NODE, type Strand, widthOf } from "./picture.ts";
import { bundle, curve, gap, plainSource } from "./testing.ts";

const TWO = [
  ["a", "b", "c"],
  ["d", "e", "f"],
];
const start = (strand: Strand): number[] => strand.points.slice(0, 2);
const end = (strand: Strand): number[] => strand.points.slice(-2);

describe("a bicluster", () => {
  const all = bundle(["a", "b", "c"], ["d", "e", "f"]);
  const { strands, nodes } = linkPicture(plainSource(TWO, [gap({ bundles: [all] })]));

  it("is one node with a curve per source and per target", () => {
    expect(nodes).toHaveLength(1);
    expect(strands.map((strand) => [strand.from, strand.to])).toEqual([
      ...["a", "b", "c"].map((id) => [keyOf("l0", id), "#0 in"]),
      ...["d", "e", "f"].map((id) => ["#0 in", keyOf("l1", id)]),
    ]);
  });

  it("stands in the middle of the gap and of what it joins", () => {
    expect(nodes[0]?.x).toBe(130);
    expect(nodes[0]?.y).toBeCloseTo(170);
  });

  it("leaves at right edges and enters at left ones, and no two of its curves cross", () => {
    expect(strands.slice(0, 3).map(start)).toEqual([
      [100, 120],
      [100, 170],
      [100, 220],
    ]);
    expect(strands.slice(3).map((strand) => end(strand)[0])).toEqual([160, 160, 160]);
    const coming = strands.slice(0, 3).map((strand) => end(strand)[1] ?? 0);
    expect([...coming].sort((a, b) => a - b)).toEqual(coming);
    const going = strands.slice(3).map((strand) => start(strand)[1] ?? 0);
    expect([...going].sort((a, b) => a - b)).toEqual(going);
  });

  it("is as thick as its curves together", () => {
    expect(nodes[0]?.size).toBeCloseTo(Math.max(NODE, 3 * widthOf(1 / 3)));
  });
});

it("keeps nodes of one gap apart", () => {
  const bundles = [1, 2, 3].map((n) => bundle(["a", "b", "c"], ["d", "e", "f"], { id: `${n}` }));
  const { nodes } = linkPicture(plainSource(TWO, [gap({ bundles })]));
  const sorted = [...nodes].sort((a, b) => a.y - b.y);
  for (let i = 1; i < sorted.length; i++) {
    const [before, after] = [sorted[i - 1], sorted[i]];
    if (before && after) expect(after.y - after.size / 2).toBeGreaterThan(before.y + before.size / 2);
  }
});

it("puts curves of one box side by side in the order of their ports", () => {
  const curves = [
    curve("a", "d", { source_port: 1 }),
    curve("a", "e", { source_port: 2 }),
    curve("a", "f", { source_port: 0 }),
  ];
  const { strands } = linkPicture(plainSource(TWO, [gap({ curves })]));
  const heights = strands.map((strand) => strand.points[1] ?? 0);
  expect(heights[2]).toBeLessThan(heights[0] ?? 0);
  expect(heights[0]).toBeLessThan(heights[1] ?? 0);
  for (const y of heights) expect(y > 100 && y < 140).toBe(true);
});

describe("a connection that jumps columns", () => {
  const columns = [["a"], ["b", "c"], ["d"]];
  const jump = gap({ source: 0, target: 2, curves: [curve("a", "d")], bundles: [bundle(["a"], ["d"])] });
  const { strands, nodes } = linkPicture(plainSource(columns, [jump]));

  it("runs past the cards in between", () => {
    const inner = strands.flatMap((strand) => {
      const points = strand.points;
      return Array.from({ length: points.length / 2 }, (_, i) => [points[2 * i] ?? 0, points[2 * i + 1] ?? 0]);
    });
    for (const [x = 0, y = 0] of inner) if (x > 160 && x < 260) expect(y < 100 || y > 190).toBe(true);
    expect(nodes.every((node) => node.y < 100 || node.y > 190)).toBe(true);
  });

  it("begins and ends at its clusters", () => {
    const single = strands.find((strand) => strand.to === keyOf("l2", "d") && strand.from === keyOf("l0", "a"));
    expect(single && start(single)[0]).toBe(100);
    expect(single && end(single)[0]).toBe(320);
    expect(strands.every((strand) => strand.skip)).toBe(true);
  });
});

it("draws nothing for clusters that are not in the picture", () => {
  const { items, strands } = linkPicture(plainSource(TWO, [gap({ curves: [curve("a", "gone"), curve("a", "d")] })]));
  expect(items).toHaveLength(1);
  expect(strands).toHaveLength(1);
});

it("is the same every time", () => {
  const make = () => linkPicture(plainSource(TWO, [gap({ bundles: [bundle(["a", "b", "c"], ["d", "e"])] })]));
  expect(make()).toEqual(make());
});
