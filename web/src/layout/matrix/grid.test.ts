import { describe, expect, it } from "vitest";
import { seeded } from "../../../mock/random.ts";
import { type Grid, gridOf, halved, halvings, hasGaps, meanOf } from "./grid.ts";

function random(rows: number, columns: number, seed: number): Grid {
  const next = seeded(seed);
  const values = Float32Array.from({ length: rows * columns }, () =>
    next() < 0.15 ? Number.NaN : Math.fround(next() * 4 - 1),
  );
  return { rows, columns, values };
}

const mean = (values: number[]): number => {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.length === 0 ? Number.NaN : known.reduce((sum, value) => sum + value, 0) / known.length;
};

const close = (a: Float32Array, b: readonly number[]): boolean =>
  a.length === b.length &&
  b.every((value, i) => Object.is(Number.NaN, value) === Number.isNaN(a[i]) && !(Math.abs((a[i] ?? 0) - value) > 1e-5));

describe("gridOf", () => {
  it.each([1, 2, 3, 4, 5])("is the mean over the classes with images of each column (seed %i)", (seed) => {
    const { values } = random(7, 9, seed);
    const rows = [6, 0, 3];
    const columns = [[2], [0, 1, 8], [4, 7], [3, 5, 6]].map((classes, key) => ({
      key: String(key),
      title: "",
      classes,
      opens: false,
    }));
    const grid = gridOf({ classes: 9, values }, rows, columns);
    const slow = rows.flatMap((row) =>
      columns.map((column) => mean(column.classes.map((index) => values[row * 9 + index] as number))),
    );
    expect([grid.rows, grid.columns]).toEqual([3, 4]);
    expect(close(grid.values, slow)).toBe(true);
  });

  it("is without images where no class of the column has any", () => {
    const values = Float32Array.from([Number.NaN, 1, Number.NaN, 2]);
    const column = { key: "", title: "", classes: [0], opens: false };
    expect([...gridOf({ classes: 2, values }, [0, 1], [column]).values]).toEqual([Number.NaN, Number.NaN]);
  });
});

describe("halved", () => {
  it.each([
    [6, 4, 1],
    [5, 3, 2],
    [1, 7, 3],
    [8, 1, 4],
  ])("averages pairs of rows and of columns (%i × %i)", (rows, columns, seed) => {
    const grid = random(rows, columns, seed);
    const at = (r: number, c: number): number =>
      r < rows && c < columns ? (grid.values[r * columns + c] as number) : Number.NaN;
    const byRows = Array.from({ length: Math.ceil(rows / 2) * columns }, (_, i) => {
      const [r, c] = [Math.floor(i / columns), i % columns];
      return mean([at(2 * r, c), at(2 * r + 1, c)]);
    });
    expect(close(halved(grid, "rows").values, byRows)).toBe(true);
    const half = Math.ceil(columns / 2);
    const byColumns = Array.from({ length: rows * half }, (_, i) => {
      const [r, c] = [Math.floor(i / half), i % half];
      return mean([at(r, 2 * c), at(r, 2 * c + 1)]);
    });
    expect(close(halved(grid, "columns").values, byColumns)).toBe(true);
  });

  it("skips nothing: one bright cell of many is still seen", () => {
    const values = new Float32Array(64);
    values[37] = 64;
    let grid: Grid = { rows: 64, columns: 1, values };
    while (grid.rows > 1) grid = halved(grid, "rows");
    expect(grid.values[0]).toBe(1);
  });
});

describe("halvings", () => {
  it.each([
    [12, 0],
    [1, 0],
    [0.9, 1],
    [0.5, 1],
    [0.3, 2],
    [0.001, 10],
  ])("of %f pixels per cell are %i, and leave at least one", (pixels, steps) => {
    expect(halvings(pixels)).toBe(steps);
    expect(pixels * 2 ** halvings(pixels)).toBeGreaterThanOrEqual(1);
  });
});

describe("meanOf", () => {
  it("is the mean of the cells with images", () => {
    const { values } = random(5, 6, 9);
    const cells = [1, 4].flatMap((row) => [0, 2, 5].map((index) => values[row * 6 + index] as number));
    expect(meanOf({ classes: 6, values }, [1, 4], [0, 2, 5])).toBeCloseTo(mean(cells), 5);
    expect(meanOf({ classes: 6, values }, [], [0])).toBeNull();
  });
});

it("knows of classes without values among those shown", () => {
  const column = (index: number) => ({ key: String(index), title: "", classes: [index], opens: false });
  const matrix = (values: number[]) => ({ classes: 2, values: Float32Array.from(values) });
  expect(hasGaps(matrix([1, Number.NaN]), [column(0), column(1)])).toBe(true);
  expect(hasGaps(matrix([1, Number.NaN]), [column(0)])).toBe(false);
  expect(hasGaps(matrix([]), [])).toBe(false);
});
