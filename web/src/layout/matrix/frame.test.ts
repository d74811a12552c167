import { describe, expect, it } from "vitest";
import { columnsOfClasses, rowsOf, runsOf } from "./band.ts";
import { brushed, cellAt, columnWords, frameIn, sameCell, shortTitle } from "./frame.ts";

const columns = (count: number, title = "ship") =>
  Array.from({ length: count }, (_, index) => ({ key: String(index), title, classes: [index], opens: false }));

describe("frameIn", () => {
  it("fills a small box with cells alone", () => {
    const frame = frameIn({ width: 100, height: 60 }, 12, columns(10));
    expect(frame).toMatchObject({ left: 0, top: 0, rowWords: false, columnWords: "none" });
    expect(frame.cell).toEqual({ width: 10, height: 5 });
  });

  it("shows more words the larger the box", () => {
    const sizes = [80, 160, 320, 640, 1280];
    const frames = sizes.map((width) => frameIn({ width, height: width }, 12, columns(10)));
    const shown = frames.map((frame) => Number(frame.rowWords) + Number(frame.columnWords !== "none"));
    expect(shown).toEqual([...shown].sort());
    expect(shown[0]).toBe(0);
    expect(frames.at(-1)).toMatchObject({ rowWords: true, columnWords: "flat" });
  });

  it("keeps every cell in the box", () => {
    for (const width of [30, 200, 500, 900]) {
      for (const rows of [1, 3, 40, 2000]) {
        for (const count of [1, 2, 10, 1000]) {
          const box = { width, height: 0.7 * width };
          const { left, top, cell } = frameIn(box, rows, columns(count, "a rather long name"));
          expect(left + cell.width * count).toBeLessThanOrEqual(box.width + 1e-6);
          expect(top + cell.height * rows).toBeLessThanOrEqual(box.height + 1e-6);
          expect(Math.min(cell.width, cell.height)).toBeGreaterThan(0);
        }
      }
    }
  });

  it("fills the box, however few rows there are", () => {
    for (const rows of [1, 5, 40]) {
      const frame = frameIn({ width: 400, height: 300 }, rows, columns(3));
      expect(frame.top + rows * frame.cell.height).toBeCloseTo(300);
    }
  });
});

describe("words of columns", () => {
  it.each([
    ["ship", 60, "flat"],
    ["ship", 20, "upright"],
    ["ship", 8, "none"],
    ["a name of sixty characters that nobody reads to its end, ever", 90, "upright"],
  ] as const)("%s in %i pixels is %s", (title, width, words) => {
    expect(columnWords(columns(3, title), width)).toBe(words);
  });

  it("are short for groups", () => {
    expect(shortTitle("tabby, tiger cat and 14 more")).toBe("tabby, tiger cat +14");
    expect(shortTitle("cat and 2 more dogs")).toBe("cat and 2 more dogs");
  });
});

describe("cellAt", () => {
  const frame = frameIn({ width: 640, height: 640 }, 8, columns(10));

  it("finds the cell whose middle it is", () => {
    for (let row = 0; row < 8; row++) {
      for (let column = 0; column < 10; column++) {
        const x = frame.left + (column + 0.5) * frame.cell.width;
        expect(cellAt(frame, x, frame.top + (row + 0.5) * frame.cell.height)).toEqual({ row, column });
      }
    }
  });

  it("finds whole rows and columns on their words, and nothing outside", () => {
    expect(frame.left).toBeGreaterThan(0);
    expect(cellAt(frame, 2, frame.top + 1)).toEqual({ row: 0, column: -1 });
    expect(cellAt(frame, frame.left + 1, 1)).toEqual({ row: -1, column: 0 });
    expect(cellAt(frame, 1, 1)).toBeNull();
    expect(cellAt(frame, 641, 100)).toBeNull();
  });
});

describe("brushing", () => {
  it.each([
    [{ row: 4, column: 1 }, { row: 2, column: 3 }, [2, 5], [1, 4]],
    [{ row: 2, column: -1 }, { row: 5, column: 3 }, [2, 6], null],
    [{ row: -1, column: 7 }, { row: 5, column: 6 }, null, [6, 8]],
    [{ row: 2, column: 2 }, { row: -1, column: 2 }, [0, 3], [2, 3]],
  ])("from %j to %j", (from, to, rows, picked) => {
    expect(brushed(from, to)).toEqual({ rows, columns: picked });
  });

  it("tells whether the pointer has come to another cell", () => {
    expect(sameCell({ row: 1, column: 2 }, { row: 1, column: 2 })).toBe(true);
    expect(sameCell({ row: 1, column: 2 }, { row: 2, column: 1 })).toBe(false);
    expect([sameCell(null, null), sameCell(null, { row: 0, column: 0 })]).toEqual([true, false]);
  });

  it("outlines neighbours once", () => {
    expect(runsOf([1, 2, 3, 7, 9, 10])).toEqual([
      [1, 4],
      [7, 8],
      [9, 11],
    ]);
    expect(runsOf([])).toEqual([]);
  });

  it("finds picked neurons and classes in their order here", () => {
    expect(rowsOf([9, 4, 7, 1], [7, 9, 100])).toEqual([0, 2]);
    expect(columnsOfClasses([{ classes: [3, 1] }, { classes: [2] }, { classes: [0] }], [0, 1])).toEqual([0, 2]);
    expect(rowsOf([1], [])).toEqual([]);
    expect(columnsOfClasses([{ classes: [1] }], [])).toEqual([]);
  });
});
