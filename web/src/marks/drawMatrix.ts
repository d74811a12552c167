import { runsOf } from "../layout/matrix/band.ts";
import type { MatrixColumn } from "../layout/matrix/columns.ts";
import { type Cell, type Frame, shortTitle } from "../layout/matrix/frame.ts";
import { shortened } from "../layout/words.ts";
import type { Theme } from "../theme/theme.ts";
import type { CellPlace, CellRange, MatrixImage } from "./matrixImage.ts";
import { fontFamily } from "./measure.ts";

/** What of a matrix stands out: picked rows and columns, the row of the selected neuron, the cell being read. */
export interface MatrixMarks {
  rows: readonly number[];
  columns: readonly number[];
  chosen: number | null;
  cursor: Cell | null;
}

export interface MatrixPicture {
  image: MatrixImage;
  frame: Frame;
  columns: readonly MatrixColumn[];
  rowTitle: (row: number) => string;
  marks: MatrixMarks;
  theme: Theme;
  /** Values around 0: negative cells also carry a minus where there is room. */
  signed: boolean;
  /** Canvas pixels per pixel of the frame. */
  ratio: number;
  /** Height for upright words, where it is less than what is above the cells. */
  words?: number;
  /** Runs of rows whose neurons never fire: hatched, as their tiles are. */
  dead?: readonly (readonly [number, number])[];
  /** Left upper corner of what is seen, in pixels of the frame: words keep to it when the cells have gone beyond. */
  edge?: Point;
}

interface Point {
  x: number;
  y: number;
}

export const LETTER = 10.5;
export const ROOM_FOR_SIGN = 15;

/** Cells that lie on the canvas. */
export function seenCells(place: CellPlace, frame: Frame, width: number, height: number): CellRange {
  const run = (corner: number, size: number, length: number, count: number): [number, number] => [
    Math.max(0, Math.min(count, Math.floor(-corner / size))),
    Math.max(0, Math.min(count, Math.ceil((length - corner) / size))),
  ];
  return {
    rows: run(place.top, place.height, height, frame.rows),
    columns: run(place.left, place.width, width, frame.columns),
  };
}

const placeOf = ({ frame, ratio }: MatrixPicture): CellPlace => ({
  left: frame.left * ratio,
  top: frame.top * ratio,
  width: frame.cell.width * ratio,
  height: frame.cell.height * ratio,
});

/** The cells of a matrix with their marks. The canvas may be moved: only what is on it is drawn. */
export function drawCells(context: CanvasRenderingContext2D, picture: MatrixPicture, origin: Point): CellRange {
  const { frame, theme } = picture;
  const place = placeOf(picture);
  const { width, height } = context.canvas;
  const seen = seenCells({ ...place, left: place.left - origin.x, top: place.top - origin.y }, frame, width, height);
  picture.image.draw(context, place, seen);
  for (const run of picture.dead ?? []) hatchRows(context, picture, run);
  if (picture.signed && Math.min(frame.cell.width, frame.cell.height) >= ROOM_FOR_SIGN) signs(context, picture, seen);
  context.strokeStyle = theme.colour.edge;
  context.lineWidth = 1;
  context.strokeRect(place.left, place.top, place.width * frame.columns, place.height * frame.rows);
  drawMarks(context, picture);
  return seen;
}

/** Words at the left of rows and above columns, where the frame has room; `pin` is where they end. */
export function drawWords(
  context: CanvasRenderingContext2D,
  picture: MatrixPicture,
  seen: CellRange,
  pin: Point,
): void {
  const { frame, ratio } = picture;
  context.font = `${LETTER * ratio}px ${fontFamily()}`;
  context.textBaseline = "middle";
  if (frame.rowWords) rowWords(context, picture, seen, pin.x);
  if (frame.columnWords !== "none") columnWords(context, picture, seen, pin.y);
}

/** A matrix in a card. */
export function drawMatrix(context: CanvasRenderingContext2D, picture: MatrixPicture, origin: Point): void {
  const seen = drawCells(context, picture, origin);
  const { frame, ratio, edge = { x: 0, y: 0 }, theme } = picture;
  const { left, top, width, height } = placeOf(picture);
  const [right, bottom] = [left + width * frame.columns, top + height * frame.rows];
  const pin = { x: Math.max(left, edge.x * ratio + left), y: Math.max(top, edge.y * ratio + top) };
  // Words that keep to the edge lie over cells, on a ground of their own.
  context.fillStyle = theme.colour.surface;
  if (pin.x > left && frame.rowWords) context.fillRect(pin.x - left, top, left, bottom - top);
  drawWords(context, picture, { ...seen, columns: [0, 0] }, pin);
  if (pin.y > top && frame.columnWords !== "none") context.fillRect(left, pin.y - top, right - left, top);
  drawWords(context, picture, { ...seen, rows: [0, 0] }, pin);
}

/** Rows of neurons that never fire. */
function hatchRows(
  context: CanvasRenderingContext2D,
  picture: MatrixPicture,
  [from, to]: readonly [number, number],
): void {
  const { frame, ratio, theme } = picture;
  const { left, top, width, height } = placeOf(picture);
  const [x, y, w, h] = [left, top + from * height, width * frame.columns, (to - from) * height];
  context.save();
  context.beginPath();
  context.rect(x, y, w, h);
  context.clip();
  context.fillStyle = theme.colour.hover;
  context.fillRect(x, y, w, h);
  context.strokeStyle = theme.colour.faint;
  context.lineWidth = ratio;
  context.beginPath();
  const step = 6 * ratio;
  for (let d = x - h; d < x + w; d += step) {
    context.moveTo(d, y + h);
    context.lineTo(d + h, y);
  }
  context.stroke();
  context.restore();
}

/** From here on a cell is so far from the ground's colour that ink of the ground is seen better on it. */
export const STRONG = 0.24;

/** A minus in cells below 0, so that the sign is not told by hue alone. */
function signs(context: CanvasRenderingContext2D, picture: MatrixPicture, seen: CellRange): void {
  const { image, ratio, theme } = picture;
  const { left, top, width, height } = placeOf(picture);
  context.lineWidth = 1.5 * ratio;
  for (const strong of [false, true]) {
    context.strokeStyle = strong ? theme.colour.surface : theme.colour.muted;
    context.beginPath();
    for (let row = seen.rows[0]; row < seen.rows[1]; row++) {
      for (let column = seen.columns[0]; column < seen.columns[1]; column++) {
        const share = image.shareAt(row, column);
        if (!(share < 0.5) || share < STRONG !== strong) continue;
        const [x, y] = [left + (column + 0.5) * width, top + (row + 0.5) * height];
        context.moveTo(x - 2.6 * ratio, y);
        context.lineTo(x + 2.6 * ratio, y);
      }
    }
    context.stroke();
  }
}

function drawMarks(context: CanvasRenderingContext2D, picture: MatrixPicture): void {
  const { frame, marks, ratio, theme } = picture;
  const { left, top, width, height } = placeOf(picture);
  const [w, h] = [width * frame.columns, height * frame.rows];
  const line = 1.5 * ratio;
  const box = (x: number, y: number, dx: number, dy: number): void => {
    // A dark line on dark cells and a light one on light cells would both be lost: one of each.
    context.lineWidth = 2 * line;
    context.strokeStyle = theme.colour.surface;
    context.strokeRect(x, y, dx, dy);
    context.lineWidth = line;
    context.strokeStyle = theme.colour.accent;
    context.strokeRect(x, y, dx, dy);
  };
  for (const [from, to] of runsOf(marks.rows)) box(left, top + from * height, w, Math.max(line, (to - from) * height));
  for (const [from, to] of runsOf(marks.columns)) box(left + from * width, top, Math.max(line, (to - from) * width), h);
  if (marks.chosen !== null) box(left, top + marks.chosen * height, w, Math.max(line, height));
  if (marks.cursor) {
    const { row, column } = marks.cursor;
    context.strokeStyle = theme.colour.text;
    context.lineWidth = line;
    const [x, dx] = column < 0 ? [left, w] : [left + column * width, width];
    const [y, dy] = row < 0 ? [top, h] : [top + row * height, height];
    context.strokeRect(x, y, Math.max(line, dx), Math.max(line, dy));
  }
}

/** Words cut in the middle to a length on the canvas. */
export const fitted = (context: CanvasRenderingContext2D, text: string, most: number): string =>
  shortened(text, most, (part) => context.measureText(part).width) || text.slice(0, 1);

function rowWords(context: CanvasRenderingContext2D, picture: MatrixPicture, seen: CellRange, end: number): void {
  const { marks, ratio, theme } = picture;
  const { top, height } = placeOf(picture);
  context.textAlign = "right";
  for (let row = seen.rows[0]; row < seen.rows[1]; row++) {
    const lit = row === marks.chosen || row === marks.cursor?.row || marks.rows.includes(row);
    context.fillStyle = lit ? theme.colour.accent : theme.colour.muted;
    context.fillText(picture.rowTitle(row), end - 5 * ratio, top + (row + 0.5) * height);
  }
}

function columnWords(context: CanvasRenderingContext2D, picture: MatrixPicture, seen: CellRange, end: number): void {
  const { columns, frame, marks, ratio, theme } = picture;
  const { left, width } = placeOf(picture);
  const room = picture.words ? picture.words * ratio : end;
  for (let index = seen.columns[0]; index < seen.columns[1]; index++) {
    const column = columns[index];
    if (!column) continue;
    const lit = index === marks.cursor?.column || marks.columns.includes(index);
    context.fillStyle = lit ? theme.colour.accent : column.opens ? theme.colour.text : theme.colour.muted;
    const x = left + (index + 0.5) * width;
    if (frame.columnWords === "flat") {
      context.textAlign = "center";
      context.fillText(fitted(context, shortTitle(column.title), width - 4 * ratio), x, end - 8 * ratio);
    } else {
      context.save();
      context.translate(x, end - 5 * ratio);
      context.rotate(-Math.PI / 2);
      context.textAlign = "left";
      context.fillText(fitted(context, shortTitle(column.title), room - 8 * ratio), 0, 0);
      context.restore();
    }
  }
}
