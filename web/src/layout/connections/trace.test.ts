import { expect, it } from "vitest";
import { keyOf } from "./keys.ts";
import { linkPicture } from "./picture.ts";
import { plainSource } from "./testing.ts";
import { traceKeys, traceLines } from "./trace.ts";

const { boxes } = linkPicture(plainSource([["a", "b"], ["c"], ["d"]], []));
const stop = (column: number, cluster: string) => ({
  column,
  layer: `l${column}`,
  cluster,
  share: 0.5,
  alternatives: [],
});
const path = {
  version: 1,
  start: "d",
  stale: "",
  mode: "weights" as const,
  stops: [stop(2, "d"), stop(1, "c"), stop(0, "b")],
};

it("joins the stops of a way, from left to right", () => {
  const keys = traceKeys(path);
  const lines = traceLines(keys, boxes, keyOf("l0", "b"));
  expect(lines.map((line) => [...line.points.slice(0, 2), ...line.points.slice(-2)])).toEqual([
    [260, 120, 320, 120],
    [100, 170, 160, 120],
  ]);
  expect(lines.map((line) => line.current)).toEqual([false, true]);
});

it("leaves out what is not in the picture", () => {
  expect(traceLines([keyOf("l2", "d"), keyOf("l1", "gone"), keyOf("l0", "a")], boxes, null)).toEqual([]);
});
