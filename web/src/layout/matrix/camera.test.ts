import { describe, expect, it } from "vitest";
import { boundedCamera, cameraOn, isWhole, isWidest, revealCell, wholeMatrix, zoomCells } from "./camera.ts";

const WINDOW = { width: 800, height: 600, rows: 2048, columns: 1000 };
const SMALL = { width: 800, height: 600, rows: 4, columns: 3 };

describe("camera", () => {
  it("begins with everything on the screen, cells no larger than needed", () => {
    const whole = wholeMatrix(WINDOW);
    expect([whole.width * 1000, whole.height * 2048]).toEqual([800, 600]);
    expect(wholeMatrix(SMALL)).toEqual({ width: 90, height: 30, x: 0, y: 0 });
  });

  it("keeps the cell under the pointer while it zooms", () => {
    let camera = wholeMatrix(WINDOW);
    const at = { x: 300, y: 200 };
    const under = (): number[] => [(at.x - camera.x) / camera.width, (at.y - camera.y) / camera.height];
    const [x = 0, y = 0] = under();
    for (let i = 0; i < 12; i++) {
      camera = zoomCells(camera, 1.3, at, WINDOW);
      expect(under()[0]).toBeCloseTo(x, 6);
      expect(under()[1]).toBeCloseTo(y, 6);
    }
  });

  it("comes back to the whole when it is zoomed out", () => {
    const near = zoomCells(wholeMatrix(WINDOW), 40, { x: 799, y: 599 }, WINDOW);
    expect(zoomCells(near, 1e-3, { x: 5, y: 5 }, WINDOW)).toEqual(wholeMatrix(WINDOW));
  });

  it("never shows beyond the last cell, nor cells too large to be of use", () => {
    const far = boundedCamera({ width: 500, height: 500, x: -1e9, y: 1e9 }, WINDOW);
    expect(far).toEqual({ width: 90, height: 30, x: 800 - 90 * 1000, y: 0 });
    expect(boundedCamera({ width: 1, height: 1, x: -50, y: -50 }, SMALL)).toEqual(wholeMatrix(SMALL));
  });

  it("moves as little as it must to show a cell", () => {
    const camera = zoomCells(wholeMatrix(WINDOW), 40, { x: 0, y: 0 }, WINDOW);
    expect(revealCell(camera, { row: 0, column: 0 }, WINDOW)).toEqual(camera);
    const moved = revealCell(camera, { row: 2047, column: 999 }, WINDOW);
    expect(moved.y + 2048 * moved.height).toBeCloseTo(600);
    expect(moved.x + 1000 * moved.width).toBeCloseTo(800);
    expect(revealCell(moved, { row: -1, column: 0 }, WINDOW)).toMatchObject({ x: 0, y: 0 });
  });
});

describe("columns that others take the place of", () => {
  const before = { width: 800, height: 600, rows: 50, columns: 200 };
  const near = boundedCamera({ width: 90, height: 12, x: -8600, y: 0 }, before);
  const at = 100;

  it.each([0.1, 0.5, 0.9])("stay under the pointer when a group opens: %d of it", (share) => {
    const x = near.x + (at + share) * near.width;
    const after = cameraOn(near, { at, from: 1, to: 10 }, x, { ...before, columns: 209 });
    expect(10 * after.width).toBeCloseTo(near.width);
    expect((x - after.x) / after.width).toBeCloseTo(at + 10 * share);
  });

  it("come back when the group closes", () => {
    const x = near.x + (at + 0.4) * near.width;
    const open = cameraOn(near, { at, from: 1, to: 4 }, x, { ...before, columns: 203 });
    const closed = cameraOn(open, { at, from: 4, to: 1 }, x, before);
    expect((x - closed.x) / closed.width).toBeCloseTo(at + 0.4);
  });

  it("show everything where that has room", () => {
    const few = { ...before, columns: 16 };
    const after = cameraOn(wholeMatrix(few), { at: 3, from: 1, to: 4 }, 170, { ...few, columns: 19 });
    expect(after).toMatchObject({ width: 800 / 19, x: 0 });
  });

  it("are known to be as wide as they get, or all on the screen", () => {
    expect([isWidest(near), isWhole(near, before)]).toEqual([true, false]);
    expect([isWidest(wholeMatrix(before)), isWhole(wholeMatrix(before), before)]).toEqual([false, true]);
  });
});
