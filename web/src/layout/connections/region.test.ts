import { describe, expect, it } from "vitest";
import { regionOf, serves } from "./region.ts";

const extent = { width: 1000, height: 500 };
const seen = { left: 400, top: 100, right: 600, bottom: 300 };

describe("a drawn region", () => {
  const drawn = regionOf(seen, 1, extent);

  it("is larger than what is seen, but has nothing outside the picture", () => {
    expect(drawn).toEqual({ k: 1, left: 340, top: 40, right: 660, bottom: 360 });
    expect(regionOf({ left: -300, top: -9, right: 1500, bottom: 600 }, 0.5, extent)).toEqual({
      k: 0.5,
      left: 0,
      top: 0,
      right: 1000,
      bottom: 500,
    });
  });

  it("serves while all that is seen is on it, at about its zoom", () => {
    const moved = (dx: number) => ({ ...seen, left: seen.left + dx, right: seen.right + dx });
    expect(serves(drawn, moved(50), 1.3, extent)).toBe(true);
    expect(serves(drawn, moved(70), 1, extent)).toBe(false);
    expect(serves(drawn, seen, 2.5, extent)).toBe(false);
    expect(serves(regionOf({ left: -99, top: 0, right: 2000, bottom: 900 }, 1, extent), moved(900), 1, extent)).toBe(
      true,
    );
  });
});
