import { expect, it } from "vitest";
import type { ClusterScene } from "../api/types.ts";
import { landscape } from "./packing.ts";
import { contained, tileAt } from "./visible.ts";

const cluster = (width: number, height: number): ClusterScene => ({
  id: "c1",
  title: "",
  classes: [],
  never_active: false,
  agreement: null,
  profile: [],
  width,
  height,
  tiles: [
    { neuron: 3, x: 0, y: 0, side: 2, sprite: null },
    { neuron: 5, x: 0, y: 2, side: 1, sprite: null },
  ],
});

it("lies down and keeps every tile", () => {
  const tall = cluster(2, 3);
  const { width, height, tiles } = landscape(tall);
  expect([width, height]).toEqual([3, 2]);
  expect(tiles.map(({ neuron, x, y, side }) => [neuron, x, y, side])).toEqual([
    [3, 0, 0, 2],
    [5, 2, 0, 1],
  ]);
  expect(landscape(tall)).toBe(landscape(tall));
  const wide = cluster(3, 3);
  expect(landscape(wide)).toBe(wide);
});

it("finds the tile under a point", () => {
  const { tiles } = landscape(cluster(2, 3));
  expect(tileAt(tiles, 1.9, 0.1)?.neuron).toBe(3);
  expect(tileAt(tiles, 2.5, 0.5)?.neuron).toBe(5);
  expect(tileAt(tiles, 2.5, 1.5)).toBeNull();
});

it("keeps the shape of a picture", () => {
  expect(contained(20, 10, 40)).toEqual({ x: 0, y: 10, w: 40, h: 20 });
  expect(contained(7, 7, 70)).toEqual({ x: 0, y: 0, w: 70, h: 70 });
});
