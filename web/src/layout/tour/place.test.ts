import { describe, expect, it } from "vitest";
import type { ScreenBox } from "../tipPlace.ts";
import { calloutPlace } from "./place.ts";

const SCREEN = { width: 1280, height: 800 };
const SIZE = { width: 340, height: 200 };
const box = (left: number, top: number, width: number, height: number): ScreenBox => ({
  left,
  top,
  right: left + width,
  bottom: top + height,
});

/** The same as `calloutPlace` answers, as a box; and what it covers of others. */
function placed(...boxes: ScreenBox[]) {
  const place = calloutPlace(boxes, SIZE, SCREEN);
  const own = box(place.left, place.top, SIZE.width, SIZE.height);
  const covers = boxes.filter(
    (one) => own.left < one.right && own.right > one.left && own.top < one.bottom && own.bottom > one.top,
  );
  return { place, own, covers };
}

describe("calloutPlace", () => {
  it("stands below a bar, and beside a panel", () => {
    expect(placed(box(0, 46, 984, 45)).place).toMatchObject({ side: "below", top: 105, left: 322, arrow: 170 });
    expect(placed(box(984, 46, 296, 754)).place).toMatchObject({ side: "left", left: 630 });
    expect(placed(box(0, 46, 100, 754)).place).toMatchObject({ side: "right", left: 114 });
  });

  it("points at the middle of what it had to move away from", () => {
    const { place } = placed(box(1100, 8, 170, 30));
    expect(place).toMatchObject({ side: "below", left: 932 });
    expect(place.left + place.arrow).toBe(1185);
    const corner = placed(box(1270, 8, 10, 6)).place;
    expect(corner.arrow).toBeLessThanOrEqual(SIZE.width - 18);
  });

  it("stays in the window and covers nothing of what it is about, wherever that is", () => {
    for (let left = 0; left <= 1180; left += 59)
      for (let top = 0; top <= 740; top += 37)
        for (const other of [box(560, 8, 220, 30), box(700, 110, 94, 47)]) {
          const { own, covers } = placed(box(left, top, 94, 47), other);
          expect(own.left).toBeGreaterThanOrEqual(8);
          expect(own.top).toBeGreaterThanOrEqual(8);
          expect(own.right).toBeLessThanOrEqual(1272);
          expect(own.bottom).toBeLessThanOrEqual(792);
          expect(covers).toEqual([]);
        }
  });

  it("covers least where it cannot but cover", () => {
    const { place } = placed(box(0, 0, 1280, 800));
    expect(place.side).not.toBeNull();
    expect(placed(box(0, 0, 1280, 700)).own.top).toBe(592);
  });

  it("stands in the middle without anything to point at", () => {
    expect(calloutPlace([], SIZE, SCREEN)).toEqual({ left: 470, top: 300, side: null, arrow: 0 });
  });
});
