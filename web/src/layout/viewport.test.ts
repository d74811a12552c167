import { describe, expect, it } from "vitest";
import {
  bounded,
  contains,
  firstView,
  fromZoom,
  LEAST_ZOOM,
  lineScale,
  reveal,
  seen,
  toZoom,
  wholeView,
  wordScale,
  zoomAt,
} from "./viewport.ts";

const SIZE = { width: 1000, height: 600 };
const WIDE = { width: 9000, height: 700 };
const SMALL = { width: 400, height: 300 };

describe("viewport", () => {
  it("shows the whole picture, never enlarged", () => {
    expect(wholeView(SMALL, SIZE)).toEqual({ k: 1, x: 300, y: 150 });
    expect(contains(wholeView(WIDE, SIZE), WIDE, SIZE)).toBe(true);
  });

  it("begins at the left end when the whole could not be read", () => {
    const view = firstView(WIDE, SIZE);
    expect(view).toEqual({ k: 1, x: 0, y: 0 });
    expect(firstView({ width: 1050, height: 600 }, SIZE).k).toBeCloseTo(1000 / 1050);
    expect(firstView(SMALL, SIZE)).toEqual(wholeView(SMALL, SIZE));
  });

  it("zooms around the pointer", () => {
    const before = { k: 1, x: 10, y: 20 };
    const at = { x: 200, y: 100 };
    const after = zoomAt(before, 1.7, at);
    expect((at.x - after.x) / after.k).toBeCloseTo((at.x - before.x) / before.k);
    expect((at.y - after.y) / after.k).toBeCloseTo((at.y - before.y) / before.k);
    expect(zoomAt(before, 1e-9, at).k).toBe(LEAST_ZOOM);
  });

  it("never loses the picture", () => {
    for (const x of [-1e6, 1e6]) {
      const view = bounded({ k: 1, x, y: x }, WIDE, SIZE);
      const box = seen(view, SIZE);
      expect(box.left).toBeLessThan(WIDE.width);
      expect(box.right).toBeGreaterThan(0);
    }
  });

  it("brings a box onto the screen by the least move", () => {
    const view = { k: 1, x: 0, y: 0 };
    expect(reveal(view, { x: 100, y: 100, width: 50, height: 50 }, SIZE)).toEqual(view);
    const moved = reveal(view, { x: 2000, y: 100, width: 50, height: 50 }, SIZE);
    expect(2050 + moved.x).toBe(SIZE.width - 24);
  });

  it("is the same point on another screen", () => {
    const view = { k: 1.5, x: -300, y: 40 };
    const back = fromZoom(toZoom(view, SIZE), SIZE);
    expect(back.k).toBe(1.5);
    expect(back.x).toBeCloseTo(-300);
    expect(toZoom(fromZoom({ k: 1, x: 5, y: 6 }, SMALL), SMALL)).toEqual({ k: 1, x: 5, y: 6 });
  });
});

describe("words in cards", () => {
  it("keep their size on the screen close up, as lines do", () => {
    for (const k of [1.2, 2, 5, 12]) {
      expect(k * wordScale(k, 40)).toBeCloseTo(1.2);
      expect(k * lineScale(k)).toBeCloseTo(1.2);
    }
    expect([lineScale(0.2), wordScale(1, 40)]).toEqual([1, 1]);
  });

  it("are left out where they cannot be read, and enlarged in tall cards", () => {
    expect(wordScale(0.5, 40)).toBe(0);
    expect(0.5 * wordScale(0.5, 200)).toBeCloseTo(0.8);
    expect(wordScale(0.1, 200)).toBe(0);
  });
});
