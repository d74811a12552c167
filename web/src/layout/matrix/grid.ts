import type { MatrixColumn } from "./columns.ts";

/** Numbers in rows and columns; NaN where there is no image. */
export interface Grid {
  rows: number;
  columns: number;
  values: Float32Array;
}

/** A matrix as it came: every neuron of the layer by every class of the data. */
export interface Matrix {
  classes: number;
  values: Float32Array;
}

/** Every column a single class: then the cells are only put in order. */
function ordered(matrix: Matrix, rows: readonly number[], classes: Int32Array): Float32Array {
  const from = matrix.values;
  const values = new Float32Array(rows.length * classes.length);
  let at = 0;
  for (let r = 0; r < rows.length; r++) {
    const start = (rows[r] as number) * matrix.classes;
    for (let c = 0; c < classes.length; c++) values[at++] = from[start + (classes[c] as number)] as number;
  }
  return values;
}

function averaged(matrix: Matrix, rows: readonly number[], classes: Int32Array, ends: Int32Array): Float32Array {
  const from = matrix.values;
  const values = new Float32Array(rows.length * ends.length);
  let at = 0;
  for (let r = 0; r < rows.length; r++) {
    const start = (rows[r] as number) * matrix.classes;
    let i = 0;
    for (let c = 0; c < ends.length; c++) {
      const end = ends[c] as number;
      let sum = 0;
      let images = 0;
      for (; i < end; i++) {
        const value = from[start + (classes[i] as number)] as number;
        if (Number.isNaN(value)) continue;
        sum += value;
        images += 1;
      }
      values[at++] = images === 0 ? Number.NaN : sum / images;
    }
  }
  return values;
}

/** The cells to draw: rows in their order, each column the mean of its classes with images. */
export function gridOf(matrix: Matrix, rows: readonly number[], columns: readonly MatrixColumn[]): Grid {
  const classes = Int32Array.from(columns.flatMap((column) => [...column.classes]));
  let end = 0;
  const ends = Int32Array.from(columns, (column) => {
    end += column.classes.length;
    return end;
  });
  const single = classes.length === columns.length && columns.every((column) => column.classes.length === 1);
  const values = single ? ordered(matrix, rows, classes) : averaged(matrix, rows, classes, ends);
  return { rows: rows.length, columns: columns.length, values };
}

/** Half as many rows (or columns), each the mean of two; NaN counts for nothing. An odd last one stays alone. */
export function halved(grid: Grid, axis: "rows" | "columns"): Grid {
  const byRows = axis === "rows";
  const rows = byRows ? Math.ceil(grid.rows / 2) : grid.rows;
  const columns = byRows ? grid.columns : Math.ceil(grid.columns / 2);
  const from = grid.values;
  const values = new Float32Array(rows * columns);
  const [down, across, other] = byRows ? [2 * grid.columns, 1, grid.columns] : [grid.columns, 2, 1];
  // The last of an odd number has no partner.
  const paired = byRows ? (grid.rows >> 1) * columns : grid.columns >> 1;
  let at = 0;
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const first = r * down + c * across;
      const one = from[first] as number;
      const two = (byRows ? at < paired : c < paired) ? (from[first + other] as number) : Number.NaN;
      const mean = (one + two) / 2;
      values[at++] = Number.isNaN(mean) ? (Number.isNaN(one) ? two : one) : mean;
    }
  }
  return { rows, columns, values };
}

/** How often to halve so that what is left has at least one pixel per cell. */
export const halvings = (pixelsPerCell: number): number =>
  pixelsPerCell >= 1 ? 0 : Math.min(16, Math.ceil(-Math.log2(Math.max(pixelsPerCell, 1e-5))));

/** The mean of some neurons over some classes; null when none of them has an image. */
export function meanOf(matrix: Matrix, neurons: readonly number[], classes: readonly number[]): number | null {
  let [sum, count] = [0, 0];
  for (const neuron of neurons) {
    for (const index of classes) {
      const value = matrix.values[neuron * matrix.classes + index] ?? Number.NaN;
      if (Number.isNaN(value)) continue;
      sum += value;
      count += 1;
    }
  }
  return count === 0 ? null : sum / count;
}

const gaps = new WeakMap<Float32Array, boolean>();

/** Whether a class that is shown has no value for some neuron: then the legend says what the grey cells are. */
export function hasGaps(matrix: Matrix, columns: readonly MatrixColumn[]): boolean {
  const known = gaps.get(matrix.values);
  if (known !== undefined) return known;
  const shown = columns.flatMap((column) => [...column.classes]);
  // Images are missing for a class, never for single neurons: one row says it all.
  const found = matrix.values.length > 0 && shown.some((index) => Number.isNaN(matrix.values[index]));
  gaps.set(matrix.values, found);
  return found;
}
