import { expect, test } from "vitest";
import type { MapScene, PatchScene } from "../api/types.ts";
import { mapCells, mapScale } from "./activationMap.ts";

const map = (cells: number[], maximum: number): MapScene => ({
  width: 3,
  height: 2,
  values: Buffer.from(cells).toString("base64"),
  maximum,
  box: [0, 0, 3, 2],
});
const patch = (one: MapScene | null): PatchScene => ({
  sample: 1,
  value: 1,
  image: null,
  size: [0, 0],
  box: null,
  field: null,
  label: null,
  predicted: null,
  map: one,
  mean: null,
  quantile: null,
});

test("cells come back as they were written, bytes above 127 too", () => {
  expect([...mapCells(map([0, 1, 127, 128, 254, 255], 2))]).toEqual([0, 1, 127, 128, 254, 255]);
});

test("a map that is too short is dark at its end", () => {
  expect([...mapCells(map([9, 8], 2))]).toEqual([9, 8, 0, 0, 0, 0]);
});

test("maps are compared by the largest of their maxima", () => {
  expect(mapScale([patch(null), patch(map([0], 1.5)), patch(map([0], 0.5))])).toBe(1.5);
  expect(mapScale([patch(null)])).toBe(0);
  expect(mapScale([])).toBe(0);
});
