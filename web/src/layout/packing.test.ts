import { describe, expect, it } from "vitest";
import { resnet20 } from "../../mock/runs.ts";
import type { ClusterScene } from "../api/types.ts";
import { meanSide, packingOf, strongestFirst } from "./packing.ts";
import { contained, tileAt } from "./visible.ts";

const cluster = (width: number, height: number): ClusterScene => ({
  id: "c1",
  title: "",
  found: "",
  classes: [],
  never_active: false,
  agreement: null,
  profile: [],
  neurons: [3, 5],
  sprites: [[0, 0, 9, 9], null],
  ranks: [1, null],
  alike: null,
  packings: [
    { importance: "activation", width, height, smallest: 12, x: [0, 0], y: [0, 24], side: [24, 12], region: [] },
    { importance: "uniform", width: 24, height: 12, smallest: 12, x: [0, 12], y: [0, 0], side: [12, 12], region: [] },
  ],
});

describe("packingOf", () => {
  it("keeps every tile where it was packed", () => {
    const { width, height, tiles } = packingOf(cluster(24, 36), "activation");
    expect([width, height]).toEqual([24, 36]);
    expect(tiles.map(({ neuron, x, y, side, sprite }) => [neuron, x, y, side, sprite])).toEqual([
      [3, 0, 0, 24, [0, 0, 9, 9]],
      [5, 0, 24, 12, null],
    ]);
  });

  it("is made once", () => {
    const one = cluster(24, 36);
    expect(packingOf(one, "activation")).toBe(packingOf(one, "activation"));
  });

  it("takes the packing asked for, else the first", () => {
    const one = cluster(24, 36);
    expect(packingOf(one, "uniform").tiles.map((tile) => tile.side)).toEqual([12, 12]);
    expect(packingOf(one, "contribution")).toBe(packingOf(one, "activation"));
    expect(packingOf({ ...one, packings: [] }, "activation").tiles).toEqual([]);
  });

  it.each(["activation", "contribution", "uniform"] as const)("of invented runs: no tiles overlap (%s)", (kind) => {
    for (const found of resnet20().layer("layer3.2/relu#2").clusters) {
      const { width, height, tiles } = packingOf(found, kind);
      expect(tiles.map((tile) => tile.neuron)).toEqual(found.neurons);
      const taken = new Set<number>();
      for (const { x, y, side } of tiles) {
        expect(x >= 0 && y >= 0 && x + side <= width && y + side <= height).toBe(true);
        for (let i = x; i < x + side; i++) for (let j = y; j < y + side; j++) taken.add(i * height + j);
      }
      expect(taken.size).toBe(tiles.reduce((sum, tile) => sum + tile.side ** 2, 0));
    }
  });
});

describe("sides", () => {
  it("are measured in cells", () => {
    const scene = { ...resnet20().layer("layer3.2/relu#2"), clusters: [cluster(24, 36)] };
    expect(meanSide(scene, "activation")).toBe(18);
    expect(meanSide(scene, "uniform")).toBe(12);
    expect(meanSide({ ...scene, clusters: [] }, "activation")).toBe(1);
  });

  it("put the strongest first in lists", () => {
    expect(strongestFirst(cluster(24, 36)).map((tile) => tile.neuron)).toEqual([3, 5]);
  });
});

it("finds the tile under a point", () => {
  const { tiles } = packingOf(cluster(24, 36), "activation");
  expect(tileAt(tiles, 0.1, 23.9)?.neuron).toBe(3);
  expect(tileAt(tiles, 0.5, 25)?.neuron).toBe(5);
  expect(tileAt(tiles, 15, 25)).toBeNull();
});

it("keeps the shape of a picture", () => {
  expect(contained(20, 10, 40)).toEqual({ x: 0, y: 10, w: 40, h: 20 });
  expect(contained(7, 7, 70)).toEqual({ x: 0, y: 0, w: 70, h: 70 });
});
