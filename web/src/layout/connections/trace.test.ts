import { describe, expect, it } from "vitest";
import { keyOf } from "./keys.ts";
import { linkPicture } from "./picture.ts";
import { bundle, curve, gap, plainSource, trunk } from "./testing.ts";
import { traceKeyAt, traceKeys, traceLines } from "./trace.ts";

const COLUMNS = [["a", "b"], ["c", "x", "y"], ["d"]];
const stop = (column: number, cluster: string) => ({
  column,
  layer: `l${column}`,
  cluster,
  share: 0.5,
  column_share: 1,
  passing: 0.5,
  alternatives: [],
});
const path = {
  version: 2,
  start: "d",
  mode: "weights" as const,
  images: null,
  own: false,
  stops: [stop(2, "d"), stop(1, "c"), stop(0, "b")],
};
const ends = ({ points }: { points: readonly number[] }): number[] => [...points.slice(0, 2), ...points.slice(-2)];

it("names the stops of a way", () => {
  const keys = [keyOf("l2", "d"), keyOf("l1", "c"), keyOf("l0", "b")];
  expect(traceKeys(path)).toEqual(keys);
  expect(traceKeyAt(path, 1)).toBe(keys[1]);
  expect([traceKeyAt(path, 9), traceKeyAt(null, 0)]).toEqual([null, null]);
});

describe("the lines of a way", () => {
  const keys = traceKeys(path);

  it("join its stops, from left to right, where nothing is drawn between them", () => {
    const lines = traceLines(keys, linkPicture(plainSource(COLUMNS, [])), keyOf("l0", "b"));
    expect(lines.map(ends)).toEqual([
      [260, 120, 320, 120],
      [100, 170, 160, 120],
    ]);
    expect(lines.map((line) => line.current)).toEqual([false, true]);
  });

  it("run along a curve, and through the node of a bundle", () => {
    const gaps = [
      gap({ bundles: [bundle(["a", "b"], ["c", "x", "y"])] }),
      gap({ source: 1, target: 2, curves: [curve("c", "d")] }),
    ];
    const picture = linkPicture(plainSource(COLUMNS, gaps));
    const [late, early] = traceLines(keys, picture, null);
    expect(late?.points).toEqual(picture.strands.at(-1)?.points);
    const [into, out] = [picture.strands[1], picture.strands[2]];
    expect(early?.points.slice(0, 8)).toEqual(into?.points);
    expect(early?.points.slice(-6)).toEqual(out?.points.slice(2));
  });

  it("run along a trunk past the columns in between", () => {
    const jump = gap({ source: 0, target: 2, trunks: [trunk(["a d", "b d"])] });
    const picture = linkPicture(plainSource(COLUMNS, [jump]));
    const [line] = traceLines([keyOf("l2", "d"), keyOf("l0", "b")], picture, null);
    const lane = [...picture.lanes.values()][0];
    expect(line?.points.filter((value, i) => i % 2 === 1 && value === lane?.y).length).toBeGreaterThan(3);
    expect(line?.points).toHaveLength(2 + 3 * 6);
  });

  it("never lie across other cards, drawn or not", () => {
    const picture = linkPicture(plainSource(COLUMNS, []));
    const [line] = traceLines([keyOf("l2", "d"), keyOf("l0", "b")], picture, null);
    const points = line?.points ?? [];
    for (let i = 0; i < points.length; i += 2) {
      const [x = 0, y = 0] = [points[i], points[i + 1]];
      if (x >= 160 && x <= 260) expect(y).toBeGreaterThan(240);
    }
  });

  it("leave out what is not in the picture", () => {
    const picture = linkPicture(plainSource(COLUMNS, []));
    expect(traceLines([keyOf("l2", "d"), keyOf("l1", "gone"), keyOf("l0", "a")], picture, null)).toEqual([]);
  });
});
