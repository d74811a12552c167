import { describe, expect, it } from "vitest";
import { cellKey } from "./keys.ts";

const press = (key: string, row: number, column: number) =>
  cellKey({ key, ctrlKey: false, metaKey: false, altKey: false }, { row, column }, { rows: 20, columns: 5 });

describe("cellKey", () => {
  it.each([
    ["ArrowDown", 0, 0, { row: 1, column: 0 }],
    ["ArrowUp", 0, 2, { row: -1, column: 2 }],
    ["ArrowLeft", 3, 0, { row: 3, column: -1 }],
    ["ArrowRight", 3, 4, { row: 3, column: 4 }],
    ["PageDown", 3, 4, { row: 13, column: 4 }],
    ["Home", 3, 4, { row: 3, column: 0 }],
    ["End", 3, 0, { row: 3, column: 4 }],
    ["ArrowLeft", -1, 0, { row: -1, column: 0 }],
    ["ArrowUp", 0, -1, { row: 0, column: -1 }],
  ])("%s from %i, %i", (key, row, column, to) => {
    expect(press(key, row, column)).toEqual({ to });
  });

  it("begins at the first cell", () => {
    const event = { key: "ArrowDown", ctrlKey: false, metaKey: false, altKey: false };
    expect(cellKey(event, null, { rows: 2, columns: 2 })).toEqual({ to: { row: 0, column: 0 } });
  });

  it("leaves other keys to the browser", () => {
    expect(press("a", 0, 0)).toBeNull();
    const event = { key: "+", ctrlKey: true, metaKey: false, altKey: false };
    expect(cellKey(event, null, { rows: 2, columns: 2 })).toBeNull();
  });
});
