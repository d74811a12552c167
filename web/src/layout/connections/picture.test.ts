import { describe, expect, it } from "vitest";
import { linkPicture, NODE, type Strand } from "./picture.ts";
import { bundle, curve, gap, plainSource, trunk } from "./testing.ts";
import { widthOf } from "./widths.ts";

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
    expect(strands.map((strand) => [strand.source, strand.target])).toEqual([
      [0, null],
      [1, null],
      [2, null],
      [null, 0],
      [null, 1],
      [null, 2],
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
    expect(nodes[0]?.size).toBeCloseTo(Math.max(NODE, 3 * widthOf(0.1)));
  });
});

it("keeps nodes of one gap apart, in the order given", () => {
  const bundles = [1, 2, 3].map((n) => bundle(["a", "b", "c"], ["d", "e", "f"], { id: `${n}` }));
  const { nodes } = linkPicture(plainSource(TWO, [gap({ bundles })]));
  for (let i = 1; i < nodes.length; i++) {
    const [before, after] = [nodes[i - 1], nodes[i]];
    if (before && after) expect(after.y - after.size / 2).toBeGreaterThan(before.y + before.size / 2);
  }
});

it("puts curves of one box side by side in the order of where they go", () => {
  const curves = ["e", "f", "d"].map((to) => curve("b", to));
  const { strands } = linkPicture(plainSource(TWO, [gap({ curves })]));
  const [middle = 0, low = 0, high = 0] = strands.map((strand) => strand.points[1] ?? 0);
  expect(high).toBeLessThan(middle);
  expect(middle).toBeLessThan(low);
  for (const y of [high, middle, low]) expect(y > 150 && y < 190).toBe(true);
});

describe("a trunk", () => {
  const columns = [["a", "x"], ["b", "c"], ["d"]];
  const jump = gap({ source: 0, target: 2, trunks: [trunk(["a d", "x d"])] });
  const { strands, nodes, lanes } = linkPicture(plainSource(columns, [jump]));

  it("runs past the cards in between, with a node on it", () => {
    const lane = [...lanes.values()][0];
    const inner = strands.flatMap((strand) =>
      Array.from({ length: strand.points.length / 2 }, (_, i) => [
        strand.points[2 * i] ?? 0,
        strand.points[2 * i + 1] ?? 0,
      ]),
    );
    for (const [x = 0, y = 0] of inner) if (x > 160 && x < 260) expect(y < 100 || y > 190).toBe(true);
    expect(nodes).toHaveLength(1);
    expect(nodes[0]?.y).toBe(lane?.y);
  });

  it("is one curve per source, the way and one per target", () => {
    expect(strands.map(({ source, target }) => [source, target])).toEqual([
      [0, null],
      [1, null],
      [null, null],
      [null, 0],
    ]);
    expect(strands.every((strand) => strand.skip)).toBe(true);
    expect(start(strands[0] as Strand)[0]).toBe(100);
    expect(end(strands[3] as Strand)[0]).toBe(320);
    expect(end(strands[0] as Strand)).toEqual(start(strands[2] as Strand));
    expect(end(strands[2] as Strand)).toEqual(start(strands[3] as Strand));
  });

  it("has its ends at the ports that are nearest to its lane", () => {
    const gaps = [jump, gap({ source: 0, target: 1, curves: [curve("a", "b"), curve("a", "c")] })];
    const picture = linkPicture(plainSource(columns, gaps));
    const lane = [...picture.lanes.values()][0];
    const leaving = (item: number): number => picture.strands.find((one) => one.item === item)?.points[1] ?? 0;
    const [own, others] = [leaving(0), [leaving(1), leaving(2)]];
    if ((lane?.y ?? 0) < 100) expect(own).toBeLessThan(Math.min(...others));
    else expect(own).toBeGreaterThan(Math.max(...others));
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
