import { type Grid, halved, halvings } from "../layout/matrix/grid.ts";
import { painted, type Range, sharesOf } from "../layout/matrix/scale.ts";

/** A rectangle of cells: first row and column, and those after the last. */
export interface CellRange {
  rows: [number, number];
  columns: [number, number];
}

/** Where cells lie on a canvas, in its pixels. */
export interface CellPlace {
  left: number;
  top: number;
  width: number;
  height: number;
}

interface Level {
  shares: Grid;
  canvas: OffscreenCanvas | null;
}

/**
 * The colours of a matrix, painted once at one pixel per cell.
 *
 * Enlarged, the cells stay squares of one colour. Shrunk below a pixel per cell, neighbours are averaged (on the values,
 * not the colours), so that nothing is skipped; each halving is made when it is first needed.
 */
export class MatrixImage {
  /** The values themselves, in the order drawn. */
  readonly values: Grid;
  /** What the colours of each row span. */
  readonly ranges: readonly Range[];
  readonly #levels = new Map<string, Level>();
  readonly #ramp: Uint32Array;
  readonly #none: number;

  constructor(
    values: Grid,
    ranges: readonly Range[],
    colours: { ramp: Uint32Array; none: number; diverging: boolean },
  ) {
    this.values = values;
    this.ranges = ranges;
    this.#ramp = colours.ramp;
    this.#none = colours.none;
    this.#levels.set("0,0", { shares: sharesOf(values, ranges, colours.diverging), canvas: null });
  }

  /** Where a cell's value lies on the ramp, 0 to 1; NaN without an image. */
  shareAt(row: number, column: number): number {
    return this.#level(0, 0).shares.values[row * this.values.columns + column] as number;
  }

  /** Draw some cells so that each takes `width` by `height` pixels from its corner. */
  draw(context: CanvasRenderingContext2D, place: CellPlace, range: CellRange): void {
    const [r0, r1] = range.rows;
    const [c0, c1] = range.columns;
    if (r1 <= r0 || c1 <= c0) return;
    const down = halvings(place.height);
    const across = halvings(place.width);
    const source = this.#canvas(down, across);
    const [fy, fx] = [2 ** down, 2 ** across];
    // Never smoothed: along the other side cells may be enlarged, and must keep their edges.
    context.imageSmoothingEnabled = false;
    context.drawImage(
      source,
      c0 / fx,
      r0 / fy,
      (c1 - c0) / fx,
      (r1 - r0) / fy,
      place.left + c0 * place.width,
      place.top + r0 * place.height,
      (c1 - c0) * place.width,
      (r1 - r0) * place.height,
    );
  }

  /** One row in a box of any size: for the way between a tile and its row. */
  drawRow(context: CanvasRenderingContext2D, row: number, box: [number, number, number, number]): void {
    const [x, y, width, height] = box;
    const across = halvings(width / this.values.columns);
    const source = this.#canvas(0, across);
    context.imageSmoothingEnabled = false;
    context.drawImage(source, 0, row, this.values.columns / 2 ** across, 1, x, y, width, height);
  }

  #level(down: number, across: number): Level {
    const key = `${down},${across}`;
    const known = this.#levels.get(key);
    if (known) return known;
    const above = across > 0 ? this.#level(down, across - 1) : this.#level(down - 1, 0);
    const made = { shares: halved(above.shares, across > 0 ? "columns" : "rows"), canvas: null };
    this.#levels.set(key, made);
    return made;
  }

  #canvas(down: number, across: number): OffscreenCanvas {
    const level = this.#level(down, across);
    if (level.canvas) return level.canvas;
    const { rows, columns } = level.shares;
    const canvas = new OffscreenCanvas(Math.max(1, columns), Math.max(1, rows));
    const pixels = painted(level.shares, this.#ramp, this.#none);
    const data = new ImageData(new Uint8ClampedArray(pixels.buffer), columns, rows);
    canvas.getContext("2d")?.putImageData(data, 0, 0);
    level.canvas = canvas;
    return canvas;
  }
}
