import { describe, expect, it } from "vitest";
import { seeded } from "../../mock/random.ts";
import { type ScreenBox, tipPlace } from "./tipPlace.ts";

const SCREEN = { width: 1000, height: 700 };
const TIP = { width: 240, height: 60 };

describe("a tip", () => {
  it("stands below at the right of the pointer", () => {
    expect(tipPlace({ x: 300, y: 200 }, TIP, SCREEN)).toEqual({ left: 314, top: 214 });
  });

  it("turns where it would leave the screen", () => {
    const { left, top } = tipPlace({ x: 990, y: 690 }, TIP, SCREEN);
    expect(left + TIP.width).toBeLessThanOrEqual(990);
    expect(top + TIP.height).toBeLessThanOrEqual(SCREEN.height - 4);
  });

  it("covers nothing of what it is about where it can be avoided", () => {
    const right: ScreenBox = { left: 310, top: 100, right: 600, bottom: 500 };
    const { left } = tipPlace({ x: 300, y: 200 }, TIP, SCREEN, [right]);
    expect(left + TIP.width).toBeLessThanOrEqual(300);
    const both = [right, { left: 0, top: 100, right: 290, bottom: 205 }];
    const { top } = tipPlace({ x: 300, y: 200 }, TIP, SCREEN, both);
    expect(top).toBeGreaterThanOrEqual(205);
  });

  it("always is on the screen and never under the pointer", () => {
    const random = seeded(1);
    for (let trial = 0; trial < 300; trial++) {
      const pointer = { x: random() * SCREEN.width, y: random() * SCREEN.height };
      const avoid = Array.from({ length: 3 }, () => {
        const [left, top] = [random() * 900, random() * 600];
        return { left, top, right: left + 200, bottom: top + 100 };
      });
      const { left, top } = tipPlace(pointer, TIP, SCREEN, avoid);
      expect(left >= 4 && left + TIP.width <= SCREEN.width - 4).toBe(true);
      expect(top >= 4 && top + TIP.height <= SCREEN.height - 4).toBe(true);
      const under = left < pointer.x && pointer.x < left + TIP.width && top < pointer.y && pointer.y < top + TIP.height;
      expect(under).toBe(false);
    }
  });
});
