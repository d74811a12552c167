import { describe, expect, it } from "vitest";
import type { LayerScene } from "../../api/types.ts";
import { boxesOf, FAN } from "./boxes.ts";
import { keyOf } from "./keys.ts";
import { plainLayer, plainStage } from "./testing.ts";

const stage = plainStage([
  ["a", "b"],
  ["0", "1", "2"],
]);
const classes = stage.columns[1];
if (classes) classes.column = { ...classes.column, kind: "classes" };
const scene = {
  layer: "l1",
  clusters: [
    { id: "x", neurons: [2, 0] },
    { id: "y", neurons: [1] },
  ],
} as unknown as LayerScene;
const source = {
  stage,
  columns: ["l0", "l1", "gone"],
  layer: (id: string) => (id === "l0" ? plainLayer(id, ["a", "b"]) : id === "l1" ? scene : null),
  classes: [1, 0, 2],
};

describe("boxes", () => {
  const boxes = boxesOf(source);

  it("are the cards, and nothing for columns that are not there", () => {
    expect(boxes.get(keyOf("l0", "b"))).toEqual({ left: 0, right: 100, top: 150, bottom: 190, fan: [] });
    expect(boxes.size).toBe(4);
  });

  it("stand before the classes, in the middle of those of a cluster", () => {
    const [x, y] = [boxes.get(keyOf("l1", "x")), boxes.get(keyOf("l1", "y"))];
    // Class 1 is shown first, then 0 and 2.
    expect(x?.fan).toEqual([220, 170]);
    expect(y?.fan).toEqual([120]);
    expect(x?.left).toBe(160 - FAN);
    expect((x?.top ?? 0) + (x?.bottom ?? 0)).toBeCloseTo(2 * 195);
    expect(y?.bottom).toBeLessThanOrEqual(x?.top ?? 0);
  });

  it("wait for columns that are on their way", () => {
    expect(boxesOf({ ...source, layer: () => null }).size).toBe(0);
  });
});
