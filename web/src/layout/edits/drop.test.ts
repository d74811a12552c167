import { describe, expect, it } from "vitest";
import type { LayerClusters } from "../../api/types.ts";
import { plainStage } from "../connections/testing.ts";
import { dropAt, refusalOf, slotOf } from "./drop.ts";

// Columns 100 wide and 60 apart from 0 on, cards 40 high every 50 from 100 on.
const stage = plainStage([
  ["c1", "c2"],
  ["c1", "c3", "c4"],
]);

describe("dropAt", () => {
  it.each([
    [
      { x: 50, y: 120 },
      { kind: "cluster", layer: "l0", cluster: "c1" },
    ],
    [
      { x: 50, y: 150 },
      { kind: "cluster", layer: "l0", cluster: "c2" },
    ],
    [
      { x: 200, y: 210 },
      { kind: "cluster", layer: "l1", cluster: "c4" },
    ],
    [
      { x: 50, y: 145 },
      { kind: "new", layer: "l0" },
    ],
    [
      { x: 50, y: 400 },
      { kind: "new", layer: "l0" },
    ],
    [
      { x: 155, y: 120 },
      { kind: "new", layer: "l0" },
    ],
    [
      { x: -40, y: 120 },
      { kind: "new", layer: "l0" },
    ],
    [{ x: 200, y: 400 }, null],
    [{ x: 50, y: 20 }, null],
  ])("%j is %j for a neuron of the first layer", (point, drop) => {
    expect(dropAt(stage, "l0", point)).toEqual(drop);
  });

  it("knows no card in a column that is not there yet, nor among classes", () => {
    const [first, second] = stage.columns;
    if (!first || !second) throw new Error("there are two");
    const pending = { ...stage, columns: [{ ...first, pending: true }] };
    expect(dropAt(pending, "l1", { x: 50, y: 120 })).toBeNull();
    const classes = { ...first, column: { ...first.column, kind: "classes" as const } };
    expect(dropAt({ ...stage, columns: [classes, second] }, "l1", { x: 50, y: 120 })).toBeNull();
  });

  it("has room for a new cluster beside every column", () => {
    for (const column of stage.columns) {
      const { x, y, width, height } = slotOf(stage, column);
      const layer = column.column.layer ?? "";
      expect(width).toBeGreaterThan(30);
      for (const at of [x + 1, x + width - 1]) {
        expect(dropAt(stage, layer, { x: at, y: y + height / 2 })).toEqual({ kind: "new", layer });
      }
    }
  });
});

const cluster = (id: string, neurons: number[], locked = false) => ({ id, neurons, name: "", note: "", locked });
const state: LayerClusters = {
  layer: "l0",
  method: "ward",
  note: "",
  notes: [],
  clusters: [cluster("c1", [0, 1, 2]), cluster("c2", [3]), cluster("c3", [4, 5], true)],
};
const holders = new Map(state.clusters.flatMap(({ id, neurons }) => neurons.map((n) => [n, id] as const)));
const to = (id: string, layer = "l0") => ({ kind: "cluster" as const, layer, cluster: id });
const fresh = { kind: "new" as const, layer: "l0" };

describe("refusalOf", () => {
  const of = (neurons: number[], drop: Parameters<typeof refusalOf>[1], whole: string | null = null) =>
    refusalOf({ layer: "l0", neurons, cluster: whole }, drop, { state, holders });

  it("lets neurons go to another cluster or beside the cards", () => {
    expect([of([0], to("c2")), of([0], fresh), of([0, 3], to("c1")), of([0, 3], fresh)]).toEqual(["", "", "", ""]);
    expect(refusalOf({ layer: "l0", neurons: [0], cluster: null }, to("c2"), { state: null, holders })).toBe("");
  });

  it("says why they cannot", () => {
    expect(of([0], to("c1", "l1"))).toMatch("stay in their layer");
    expect(of([0], to("c3"))).toMatch("locked");
    expect(of([4], to("c1"))).toMatch("unlock it first");
    expect(of([3], fresh)).toMatch("of their own already");
  });

  it("takes no drop for what would change nothing", () => {
    expect([of([0], null), of([0], to("c1")), of([3], fresh, "c2"), of([3], to("c2"), "c2")]).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });

  it("merges whole clusters that are not locked", () => {
    expect(of([3], to("c1"), "c2")).toBe("");
    expect(of([3], to("c3"), "c2")).toMatch("locked");
    expect(of([4, 5], to("c1"), "c3")).toMatch("unlock");
  });
});
