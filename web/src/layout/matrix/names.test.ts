import { describe, expect, it } from "vitest";
import { namedBelow, namedColumns } from "./names.ts";

describe("namedBelow", () => {
  it("holds while cards are read one below another", () => {
    expect([0.3, 0.8, 1, 2.1, 2.2, 6].map(namedBelow)).toEqual([false, true, true, true, false, false]);
  });
});

describe("namedColumns", () => {
  it("are all where there is room", () => {
    expect(namedColumns(4, 14, [])).toEqual([0, 1, 2, 3]);
    expect(namedColumns(0, 14, [])).toEqual([]);
  });

  it.each([
    [100, 2, [] as number[]],
    [41, 2.5, [7]],
    [41, 2.5, [7, 8, 30]],
  ])("never stand in each other's way: %i of %f pixels", (count, pitch, wanted) => {
    const shown = namedColumns(count, pitch, wanted);
    for (let i = 1; i < shown.length; i++) {
      expect(((shown[i] ?? 0) - (shown[i - 1] ?? 0)) * pitch).toBeGreaterThanOrEqual(10.9);
    }
    expect(shown.length).toBeGreaterThan((count * pitch) / 33);
    if (wanted.length > 0) expect(shown).toContain(wanted[0]);
  });
});
