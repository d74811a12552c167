import { describe, expect, it } from "vitest";
import { resnet20 } from "../../mock/runs.ts";
import type { ClusterScene } from "../api/types.ts";
import { landscape, meanSide, strongestFirst } from "./packing.ts";
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
  packings: [
    { importance: "activation", width, height, smallest: 12, x: [0, 0], y: [0, 24], side: [24, 12] },
    { importance: "uniform", width: 24, height: 12, smallest: 12, x: [0, 12], y: [0, 0], side: [12, 12] },
  ],
});

describe("landscape", () => {
  it("lies down and keeps every tile", () => {
    const tall = cluster(24, 36);
    const { width, height, tiles } = landscape(tall, "activation");
    expect([width, height]).toEqual([36, 24]);
    expect(tiles.map(({ neuron, x, y, side, sprite }) => [neuron, x, y, side, sprite])).toEqual([
      [3, 0, 0, 24, [0, 0, 9, 9]],
      [5, 24, 0, 12, null],
    ]);
    expect(landscape(tall, "activation")).toBe(landscape(tall, "activation"));
    expect(landscape(cluster(36, 36), "activation")).toMatchObject({ width: 36, height: 36 });
  });

  it("takes the packing asked for, else the first", () => {
    const one = cluster(24, 36);
    expect(landscape(one, "uniform").tiles.map((tile) => tile.side)).toEqual([12, 12]);
    expect(landscape(one, "contribution")).toBe(landscape(one, "activation"));
    expect(landscape({ ...one, packings: [] }, "activation").tiles).toEqual([]);
  });

  it.each(["activation", "contribution", "uniform"] as const)("of invented runs: no tiles overlap (%s)", (kind) => {
    for (const found of resnet20().layer("layer3.2/relu#2").clusters) {
      const { width, height, tiles } = landscape(found, kind);
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
  it("are measured in smallest tiles", () => {
    const scene = { ...resnet20().layer("layer3.2/relu#2"), clusters: [cluster(24, 36)] };
    expect(meanSide(scene, "activation")).toBe(1.5);
    expect(meanSide(scene, "uniform")).toBe(1);
    expect(meanSide({ ...scene, clusters: [] }, "activation")).toBe(1);
  });

  it("put the strongest first in lists", () => {
    expect(strongestFirst(cluster(24, 36)).map((tile) => tile.neuron)).toEqual([3, 5]);
  });
});

it("finds the tile under a point", () => {
  const { tiles } = landscape(cluster(24, 36), "activation");
  expect(tileAt(tiles, 23.9, 0.1)?.neuron).toBe(3);
  expect(tileAt(tiles, 25, 0.5)?.neuron).toBe(5);
  expect(tileAt(tiles, 25, 15)).toBeNull();
});

it("keeps the shape of a picture", () => {
  expect(contained(20, 10, 40)).toEqual({ x: 0, y: 10, w: 40, h: 20 });
  expect(contained(7, 7, 70)).toEqual({ x: 0, y: 0, w: 70, h: 70 });
});
