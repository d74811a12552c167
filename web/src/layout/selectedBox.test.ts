import { describe, expect, it } from "vitest";
import type { Item } from "./connections/items.ts";
import { keyOf } from "./connections/keys.ts";
import { NODE } from "./connections/picture.ts";
import { plainStage } from "./connections/testing.ts";
import { selectedBox } from "./selectedBox.ts";

const stage = plainStage([["a", "b"], ["c"]]);
const item = (id: string) => ({ id, targets: [{ key: keyOf("l1", "c"), share: 1 }] }) as unknown as Item;
const picture = {
  items: [item("bundle"), item("curve")],
  nodes: [{ item: 0, x: 130, y: 120, size: 20 }],
  boxes: new Map([[keyOf("l1", "c"), { left: 160, top: 100, right: 260, bottom: 140, fan: [] }]]),
};
const looked = (layer: string, cluster: string | null, joins: string | null = null) =>
  selectedBox(stage, picture, { selection: { layer, cluster, neuron: null }, links: { item: joins } });

describe("selectedBox", () => {
  it("is the card of a cluster", () => {
    expect(looked("l0", "b")).toEqual({ x: 0, y: 150, width: 100, height: 40 });
  });

  it("is the column of a layer, and of a cluster that it does not have", () => {
    const column = { x: 160, y: 100, width: 100, height: 40 };
    expect(looked("l1", null)).toEqual(column);
    expect(looked("l1", "a")).toEqual(column);
  });

  it("is the node of a bicluster, and where a curve ends", () => {
    expect(looked("l0", null, "bundle")).toEqual({ x: 130 - NODE / 2, y: 110, width: NODE, height: 20 });
    expect(looked("l0", null, "curve")).toEqual({ x: 160, y: 100, width: 100, height: 40 });
    expect(looked("l0", null, "gone")).toBeNull();
  });

  it("is nothing without a selection, in a layer that has no column, and before its clusters have come", () => {
    expect(selectedBox(stage, picture, { selection: null, links: { item: null } })).toBeNull();
    expect(looked("elsewhere", null)).toBeNull();
    const pending = { ...stage, columns: stage.columns.map((one) => ({ ...one, pending: true })) };
    const selection = { layer: "l0", cluster: "a", neuron: null };
    expect(selectedBox(pending, picture, { selection, links: { item: null } })).toBeNull();
  });
});
