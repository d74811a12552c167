import type { Bands } from "../../layout/facets.ts";
import type { Camera, CellWindow } from "../../layout/matrix/camera.ts";
import type { MatrixColumns } from "../../layout/matrix/columns.ts";
import { columnWords, type Frame, uprightHeight } from "../../layout/matrix/frame.ts";
import { drawCells, drawWords, fitted, type MatrixPicture } from "../../marks/drawMatrix.ts";
import { fontFamily } from "../../marks/measure.ts";

/** Room around the cells of a large matrix. */
export interface Margins {
  left: number;
  top: number;
  /** Height of one line of opened groups, and how many there are. */
  spans: number;
  words: number;
}

const SPAN = 17;
const NAMES = { width: 142, numbers: 34 } as const;

/** Margins for columns of a width; no room is left for words that would not fit in them. */
export function marginsOf({ columns, spans }: MatrixColumns, width: number, cell: number | null): Margins {
  const depth = spans.length === 0 ? 0 : 1 + Math.max(...spans.map((span) => span.depth));
  const fitting = Math.min(90, (width - NAMES.width) / Math.max(1, columns.length));
  const form = columnWords(columns, cell ?? fitting);
  const words = form === "flat" ? 18 : form === "upright" ? uprightHeight(columns, 140) : 5;
  return { left: NAMES.width, top: depth * SPAN + words, spans: depth, words };
}

export function windowOf(
  margins: Margins,
  size: { width: number; height: number },
  cells: Bands,
  columns: number,
): CellWindow {
  const width = Math.max(40, size.width - margins.left);
  const height = Math.max(40, size.height - margins.top);
  return { width, height, rows: cells.rows.length, columns };
}

/** The frame of the cells for a camera; words stay at the edges while the cells move under them. */
export function frameOf(camera: Camera, margins: Margins, window: CellWindow, columns: MatrixColumns): Frame {
  return {
    left: margins.left + camera.x,
    top: margins.top + camera.y,
    cell: { width: camera.width, height: camera.height },
    rows: window.rows,
    columns: window.columns,
    rowWords: camera.height >= 11,
    columnWords: columnWords(columns.columns, camera.width),
  };
}

export interface Plot {
  picture: MatrixPicture;
  columns: MatrixColumns;
  cells: Bands;
  margins: Margins;
  window: CellWindow;
  /** Cluster that is selected. */
  chosen: string | null;
}

type Box = [number, number, number, number];

function within(context: CanvasRenderingContext2D, box: Box, draw: () => void): void {
  context.save();
  context.beginPath();
  context.rect(...box);
  context.clip();
  draw();
  context.restore();
}

/** The whole plot on its canvas: cells, the clusters as bands at the left, classes and opened groups above. */
export function drawPlot(context: CanvasRenderingContext2D, plot: Plot): void {
  const { picture, margins, window } = plot;
  const { ratio } = picture;
  const { width, height } = context.canvas;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, width, height);
  const [left, top] = [margins.left * ratio, margins.top * ratio];
  const [w, h] = [window.width * ratio, window.height * ratio];
  let seen = { rows: [0, 0] as [number, number], columns: [0, 0] as [number, number] };
  within(context, [left, top, w, h], () => {
    seen = drawCells(context, picture, { x: 0, y: 0 });
    separators(context, plot);
  });
  const pin = { x: left, y: top };
  const sized = { ...picture, words: margins.words };
  const { frame } = picture;
  within(context, [0, top, left, h], () =>
    drawWords(context, { ...sized, frame: { ...frame, columnWords: "none" } }, seen, pin),
  );
  within(context, [left, 0, w, top], () =>
    drawWords(context, { ...sized, frame: { ...frame, rowWords: false } }, seen, pin),
  );
  within(context, [0, top, left, h], () => names(context, plot));
  within(context, [left, 0, w, top], () => spans(context, plot));
}

function separators(context: CanvasRenderingContext2D, { picture, cells }: Plot): void {
  const { frame, ratio, theme } = picture;
  const right = (frame.left + frame.columns * frame.cell.width) * ratio;
  context.strokeStyle = theme.colour.surface;
  context.lineWidth = (frame.cell.height >= 6 ? 2 : 1) * ratio;
  context.beginPath();
  for (const { start } of cells.bands.slice(1)) {
    const y = Math.round((frame.top + start * frame.cell.height) * ratio);
    context.moveTo(frame.left * ratio, y);
    context.lineTo(right, y);
  }
  context.stroke();
}

/** A cluster's title and number of neurons beside its rows, where it is seen. */
function names(context: CanvasRenderingContext2D, plot: Plot): void {
  const { picture, cells, margins, window, chosen } = plot;
  const { frame, ratio, theme } = picture;
  context.font = `600 ${11.5 * ratio}px ${fontFamily()}`;
  context.textBaseline = "middle";
  const room = margins.left - (frame.rowWords ? NAMES.numbers : 0) - 16;
  for (const { cluster, start, stop } of cells.bands) {
    const y0 = Math.max(margins.top, frame.top + start * frame.cell.height);
    const y1 = Math.min(margins.top + window.height, frame.top + stop * frame.cell.height);
    if (y1 - y0 < 2) continue;
    context.fillStyle = cluster.id === chosen ? theme.colour.accent : theme.colour.lineStrong;
    context.fillRect((room + 8) * ratio, (y0 + 1) * ratio, 3 * ratio, Math.max(1, y1 - y0 - 2) * ratio);
    if (y1 - y0 < 11) continue;
    const y = ((y0 + y1) / 2) * ratio;
    context.textAlign = "right";
    context.fillStyle = theme.colour.muted;
    const count = String(stop - start);
    context.fillText(count, room * ratio, y);
    const free = room * ratio - context.measureText(count).width - 8 * ratio;
    context.textAlign = "left";
    context.fillStyle = cluster.id === chosen ? theme.colour.accent : theme.colour.text;
    context.fillText(fitted(context, cluster.title, free), 0, y);
  }
}

/** Brackets over the columns of opened class groups. */
function spans(context: CanvasRenderingContext2D, { picture, columns, margins }: Plot): void {
  const { frame, ratio, theme } = picture;
  context.font = `${10.5 * ratio}px ${fontFamily()}`;
  context.textBaseline = "middle";
  context.lineWidth = ratio;
  for (const { title, depth, from, to } of columns.spans) {
    const x0 = Math.max(margins.left, frame.left + from * frame.cell.width);
    const x1 = frame.left + (to + 1) * frame.cell.width;
    if (x1 - x0 < 6) continue;
    const y = depth * SPAN + SPAN / 2;
    context.strokeStyle = theme.colour.lineStrong;
    context.strokeRect((x0 + 1) * ratio, (y - 7) * ratio, (x1 - x0 - 2) * ratio, 14 * ratio);
    context.fillStyle = theme.colour.muted;
    context.textAlign = "left";
    if (x1 - x0 > 58)
      context.fillText(fitted(context, `− ${title}`, (x1 - x0 - 8) * ratio), (x0 + 5) * ratio, y * ratio);
  }
}

/** The opened group under a point above the cells. */
export function spanAt({ picture, columns, margins }: Plot, x: number, y: number): string | null {
  if (y >= margins.spans * SPAN || x < margins.left) return null;
  const depth = Math.floor(y / SPAN);
  const column = Math.floor((x - picture.frame.left) / picture.frame.cell.width);
  return columns.spans.find((span) => span.depth === depth && column >= span.from && column <= span.to)?.key ?? null;
}

/** The cluster beside whose rows a point is. */
export function clusterAt({ picture, cells, margins }: Plot, x: number, y: number): string | null {
  if (x >= margins.left - NAMES.numbers || y < margins.top) return null;
  const row = Math.floor((y - picture.frame.top) / picture.frame.cell.height);
  return cells.bands.find((band) => row >= band.start && row < band.stop)?.cluster.id ?? null;
}
