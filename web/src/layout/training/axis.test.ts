import { describe, expect, it } from "vitest";
import { axisOf, shareAxis, stepAt, stepAxis, ticksOf } from "./axis.ts";

describe("axis", () => {
  it.each([
    [0, 10, false],
    [-3, 4, false],
    [1e-9, 1e3, true],
    [5, 5, false],
    [5, 5, true],
    [0, 0, true],
  ])("runs upwards and holds %d to %d (log: %s)", (low, high, log) => {
    const axis = axisOf(low, high, log);
    expect(axis.at(high)).toBeLessThanOrEqual(1);
    expect(axis.at(low)).toBeGreaterThanOrEqual(0);
    expect(axis.at(high)).toBeGreaterThanOrEqual(axis.at(low));
    for (const { value } of ticksOf(axis, 4)) {
      expect(axis.at(value)).toBeGreaterThanOrEqual(-1e-9);
      expect(axis.at(value)).toBeLessThanOrEqual(1 + 1e-9);
    }
  });

  it("is linear where there is nothing above 0, and shows a dozen decades at most", () => {
    expect(axisOf(-1, 0, true).kind).toBe("linear");
    expect(axisOf(0, 1, true).at(1e-13)).toBeLessThan(0.05);
    expect(axisOf(0, 1, true).at(0)).toBe(-1);
    expect(axisOf(Number.NaN, 1).at(0.5)).toBe(0.5);
  });
});

describe("ticks", () => {
  it("are round", () => {
    const labels = (low: number, high: number, log = false): string[] =>
      ticksOf(axisOf(low, high, log), 4).map(({ label }) => label);
    expect(labels(0, 2.3)).toEqual(["0", "1", "2"]);
    expect(labels(0, 0.9)).toEqual(["0", "0.5"]);
    expect(labels(-1500, 1500)).toEqual(["−1,000", "0", "1,000"]);
    expect(labels(1e-6, 1, true)).toEqual(["1e-6", "1e-4", "0.01", "1"]);
    expect(labels(2, 3, true)).toEqual(["2", "2.5", "3"]);
    expect(labels(0, 3e-7)).toEqual(["0", "1e-7", "2e-7", "3e-7"]);
    expect(labels(15.205, 15.213)).toEqual(["15.205", "15.210"]);
    expect(ticksOf(shareAxis(), 2).map(({ label }) => label)).toEqual(["0", "1"]);
  });
});

it("finds the step under the pointer", () => {
  const axis = stepAxis(10, 110);
  expect([stepAt(axis, 0), stepAt(axis, 0.5), stepAt(axis, 2), stepAt(axis, -1)]).toEqual([10, 60, 110, 10]);
  expect(stepAxis(5, 5).at(5)).toBe(0);
});
