import type { MatrixColumn } from "./columns.ts";

/** Where the cells of a matrix lie in a box on the screen, and which words there is room for. */
export interface Frame {
  /** The cells' corner and the size of one, in screen pixels. */
  left: number;
  top: number;
  cell: { width: number; height: number };
  rows: number;
  columns: number;
  rowWords: boolean;
  columnWords: "none" | "flat" | "upright";
}

const LETTER = 5.8;
const WORD = { height: 12, gutter: 30, flat: 16, upright: 76 } as const;

export const textWidth = (text: string): number => text.length * LETTER;

/** A column's title as it is written beside others: "tabby, tiger cat and 14 more" → "tabby, tiger cat +14". */
export const shortTitle = (title: string): string => title.replace(/ and (\d+) more$/, " +$1");

/** Words for columns: beside each other where the longest fits, upright where a line of text fits, else none. */
export function columnWords(columns: readonly MatrixColumn[], width: number): Frame["columnWords"] {
  const longest = Math.max(0, ...columns.map((column) => textWidth(shortTitle(column.title))));
  if (longest + 6 <= width) return "flat";
  return width >= WORD.height ? "upright" : "none";
}

/** How high upright words stand: the longest of them, within bounds. */
export function uprightHeight(columns: readonly MatrixColumn[], most: number = WORD.upright): number {
  return Math.min(most, 8 + Math.max(0, ...columns.map((column) => textWidth(shortTitle(column.title)))));
}

interface Box {
  width: number;
  height: number;
}

/** The frame of a matrix that fills a box without any words. */
export function bareFrame({ width, height }: Box, rows: number, columns: number): Frame {
  const cell = { width: width / Math.max(1, columns), height: height / Math.max(1, rows) };
  return { left: 0, top: 0, cell, rows, columns, rowWords: false, columnWords: "none" };
}

/** The frame of a matrix that fills a box; the larger the box on the screen, the more words. */
export function frameIn(box: Box, rows: number, columns: readonly MatrixColumn[]): Frame {
  const bare = bareFrame(box, rows, columns.length);
  const sized = (left: number, top: number) =>
    bareFrame({ width: box.width - left, height: box.height - top }, rows, columns.length).cell;
  // Words may take a seventh of the width and two fifths of the height, no more.
  const rowWords = box.width >= 7 * WORD.gutter && bare.cell.height >= WORD.height;
  const left = rowWords ? WORD.gutter : 0;
  const words = columnWords(columns, sized(left, 0).width);
  const height = words === "flat" ? WORD.flat : words === "upright" ? uprightHeight(columns) : 0;
  const fits = words !== "none" && height <= 0.4 * box.height;
  const top = fits ? height : 0;
  return { ...bare, left, top, cell: sized(left, top), rowWords, columnWords: fits ? words : "none" };
}

/** A cell of a matrix, or a whole row (column -1) or column (row -1) where the pointer is on their words. */
export interface Cell {
  row: number;
  column: number;
}

export const sameCell = (a: Cell | null, b: Cell | null): boolean =>
  a === b || (a !== null && b !== null && a.row === b.row && a.column === b.column);

/** The cell under a point of the box; null outside. */
export function cellAt(frame: Frame, x: number, y: number): Cell | null {
  const column = Math.floor((x - frame.left) / frame.cell.width);
  const row = Math.floor((y - frame.top) / frame.cell.height);
  const inside = { column: column >= 0 && column < frame.columns, row: row >= 0 && row < frame.rows };
  if (inside.row && inside.column) return { row, column };
  if (inside.row && column < 0) return { row, column: -1 };
  if (inside.column && row < 0) return { row: -1, column };
  return null;
}

/** What a drag from one cell to another selects; on the words of rows only rows, on those of columns only columns. */
export function brushed(from: Cell, to: Cell): { rows: [number, number] | null; columns: [number, number] | null } {
  const run = (a: number, b: number): [number, number] | null =>
    a < 0 ? null : [Math.min(a, Math.max(0, b)), Math.max(a, b) + 1];
  return { rows: run(from.row, to.row), columns: run(from.column, to.column) };
}
