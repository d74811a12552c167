import { describe, expect, it } from "vitest";
import { movedStep, neighbourSnapshot, stepFor, zoomedWindow } from "./scrub.ts";

const snapshots = [0, 10, 100];

it("goes from snapshot to snapshot", () => {
  expect([neighbourSnapshot(snapshots, 10, 1), neighbourSnapshot(snapshots, 10, -1)]).toEqual([100, 0]);
  expect([neighbourSnapshot(snapshots, 55, -1), neighbourSnapshot(snapshots, 100, 1)]).toEqual([10, 100]);
});

describe("keys", () => {
  const at = { step: 10, first: 0, last: 200, snapshots };
  it.each([
    ["ArrowRight", 100],
    ["ArrowLeft", 0],
    ["Home", 0],
    ["End", 200],
    ["PageUp", 30],
    ["PageDown", 0],
    ["x", null],
  ])("%s goes to %s", (key, step) => expect(stepFor(key, at)).toBe(step));

  it("move by a hundredth where there are no snapshots", () => {
    expect(stepFor("ArrowRight", { ...at, snapshots: [] })).toBe(12);
    expect(movedStep(5, 0.001, 0, 100)).toBe(6);
  });
});

it("zooms about a step and comes back to the whole", () => {
  const zoomed = zoomedWindow([0, 100], 2, 50, [0, 100]);
  expect(zoomed).toEqual([25, 75]);
  expect(zoomedWindow([0, 100], 2, 100, [0, 100])).toEqual([50, 100]);
  expect(zoomedWindow([25, 75], 0.5, 50, [0, 100])).toBeNull();
  expect(zoomedWindow([0, 8], 100, 4, [0, 100])).toEqual([2, 6]);
});
