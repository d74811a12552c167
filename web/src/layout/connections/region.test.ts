import { describe, expect, it } from "vitest";
import { regionOf, serves } from "./region.ts";

const extent = { width: 10_000, height: 5_000 };
const seen = { left: 4000, top: 1000, right: 4200, bottom: 1200 };

describe("a drawn region", () => {
  const drawn = regionOf(seen, 1, extent);

  it("is larger than what is seen, but has nothing outside the picture", () => {
    expect(drawn).toEqual({ k: 1, left: 3930, top: 930, right: 4270, bottom: 1270 });
    const beyond = regionOf({ left: -300, top: 4900, right: 300, bottom: 5300 }, 1, extent);
    expect(beyond).toMatchObject({ left: 0, bottom: 5000 });
  });

  it("is the whole picture where that has few pixels", () => {
    const whole = { left: 0, top: 0, right: 10_000, bottom: 5_000 };
    expect(regionOf(seen, 0.3, extent)).toEqual({ k: 0.3, ...whole });
    expect(regionOf(seen, 0.3, extent, 2)).not.toMatchObject(whole);
    expect(serves({ k: 0.3, ...whole }, { left: -50, top: 0, right: 12_000, bottom: 9000 }, 0.3, extent)).toBe(true);
  });

  it("serves while all that is seen and some more is on it, at about its zoom", () => {
    const moved = (dx: number) => ({ ...seen, left: seen.left + dx, right: seen.right + dx });
    expect(serves(drawn, moved(50), 1.3, extent)).toBe(true);
    expect(serves(drawn, moved(70), 1, extent)).toBe(false);
    expect(serves(drawn, seen, 2.5, extent)).toBe(false);
  });
});
