import type { LayerCurves, LayerRowFacts } from "../api/types.ts";
import type { Axis } from "../layout/training/axis.ts";
import { stepAxis } from "../layout/training/axis.ts";
import { real } from "../layout/training/curves.ts";
import { bandOf, cellOf, type LayerColumns, outside, unusual } from "../layout/training/layers.ts";
import type { Theme } from "../theme/theme.ts";
import { dot, drawRule } from "./drawCurves.ts";

export interface RowDrawing {
  row: LayerRowFacts;
  axis: Axis;
  columns: LayerColumns;
  /** Null until they have come. */
  curves: LayerCurves | null;
  /** First and last step of the columns' width. */
  window: readonly [number, number];
  /** Values at the step that is looked at, one per layer, and the step in which they were measured. */
  values: readonly number[];
  step: number | null;
  /** Layers that a finding is about, and the one that is selected. */
  lit: ReadonlySet<number>;
  selected: number;
  hovered: number;
}

type Size = { width: number; height: number };

/**
 * A quantity of every layer: in each column its values over the steps, and across the columns the profile at the step
 * that is looked at. All columns share one axis, so that the healthy range is one band and the profile one shape.
 */
export function drawLayerRow(canvas: HTMLCanvasElement, drawing: RowDrawing, height: number, theme: Theme): void {
  const ratio = globalThis.devicePixelRatio ?? 1;
  const size = { width: drawing.columns.width, height };
  canvas.width = Math.round(size.width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext("2d");
  if (!context) return;
  context.scale(ratio, ratio);
  drawColumns(context, drawing, size, theme);
  drawBand(context, drawing, size, theme);
  drawEdges(context, drawing.columns, size, theme);
  for (let layer = 0; layer < drawing.columns.count; layer++) drawCourse(context, drawing, layer, size, theme);
  drawProfile(context, drawing, size, theme);
}

const placed = (axis: Axis, value: number, height: number): number =>
  height * (1 - Math.min(1.02, Math.max(-0.02, axis.at(value))));

function drawColumns(context: CanvasRenderingContext2D, drawing: RowDrawing, size: Size, theme: Theme): void {
  const { columns, lit, selected, hovered } = drawing;
  const fill = (layer: number, colour: string): void => {
    context.fillStyle = colour;
    context.fillRect(layer * columns.each, 0, columns.each, size.height);
  };
  for (const layer of lit) fill(layer, theme.colour.warningSoft);
  if (hovered >= 0) fill(hovered, theme.colour.hover);
  if (selected >= 0) fill(selected, theme.colour.accentSoft);
}

function drawBand(
  context: CanvasRenderingContext2D,
  { row, axis, values }: RowDrawing,
  size: Size,
  theme: Theme,
): void {
  const band = bandOf(row, values);
  if (!band) return;
  const top = band.high === null ? 0 : placed(axis, band.high, size.height);
  const bottom = band.low === null ? size.height : placed(axis, band.low, size.height);
  context.fillStyle = theme.colour.healthy;
  context.fillRect(0, top, size.width, Math.max(2, bottom - top));
}

function drawEdges(context: CanvasRenderingContext2D, columns: LayerColumns, size: Size, theme: Theme): void {
  context.strokeStyle = theme.colour.line;
  context.lineWidth = 1;
  context.beginPath();
  for (let layer = 0; layer <= columns.count; layer++) {
    const x = Math.min(size.width - 0.5, layer * columns.each + 0.5);
    context.moveTo(x, 0);
    context.lineTo(x, size.height);
  }
  context.stroke();
}

/** One layer over the steps: between its least and greatest values, and where these run together a line. */
function drawCourse(
  context: CanvasRenderingContext2D,
  { axis, columns, curves, window, step }: RowDrawing,
  layer: number,
  size: Size,
  theme: Theme,
): void {
  if (!curves) return;
  const cell = cellOf(columns, layer);
  const x = stepAxis(window[0], window[1]);
  const points: { x: number; low: number; high: number }[] = [];
  curves.steps.forEach((one, i) => {
    const at = x.at(one);
    const [low, high] = [real(curves.low[layer]?.[i]), real(curves.high[layer]?.[i])];
    if (at < -0.01 || at > 1.01 || Number.isNaN(low)) return;
    points.push({
      x: cell.left + at * cell.width,
      low: placed(axis, low, size.height),
      high: placed(axis, high, size.height),
    });
  });
  context.save();
  context.beginPath();
  context.rect(layer * columns.each, 0, columns.each, size.height);
  context.clip();
  context.fillStyle = context.strokeStyle = theme.colour.curve1;
  context.globalAlpha = 0.25;
  context.beginPath();
  for (const point of points) context.lineTo(point.x, point.high);
  for (const point of [...points].reverse()) context.lineTo(point.x, point.low);
  context.fill();
  context.globalAlpha = 0.75;
  context.lineWidth = 1;
  context.beginPath();
  for (const point of points) context.lineTo(point.x, (point.low + point.high) / 2);
  context.stroke();
  context.globalAlpha = 1;
  if (points.length === 1 && points[0]) dot(context, points[0].x, points[0].low, 1.5);
  if (step !== null && columns.each > 30) {
    drawRule(context, cell.left + x.at(step) * cell.width, size.height, theme.colour.faint, [2, 2]);
  }
  context.restore();
}

/** The values of all layers at the step, joined: a shape that falls or rises through the network. */
function drawProfile(
  context: CanvasRenderingContext2D,
  { row, axis, columns, values }: RowDrawing,
  size: Size,
  theme: Theme,
): void {
  const band = bandOf(row, values);
  const points = values.flatMap((value, layer) =>
    Number.isNaN(value)
      ? []
      : [
          {
            x: (layer + 0.5) * columns.each,
            y: placed(axis, value, size.height),
            odd: outside(value, band),
            rare: unusual(value, band),
          },
        ],
  );
  context.strokeStyle = theme.colour.text;
  context.lineWidth = 1.5;
  context.beginPath();
  for (const point of points) context.lineTo(point.x, point.y);
  context.stroke();
  const radius = columns.each < 24 ? 2.5 : 3.5;
  for (const point of points) {
    context.fillStyle = point.odd ? theme.colour.error : theme.colour.text;
    if (point.odd) diamond(context, point.x, point.y, radius + 1.5);
    else dot(context, point.x, point.y, radius);
    if (!point.rare || point.odd) continue;
    context.fillStyle = theme.colour.surface;
    dot(context, point.x, point.y, radius - 1.5);
  }
}

/** What is outside the healthy range has another shape too, not only another colour. */
function diamond(context: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  context.beginPath();
  context.moveTo(x, y - radius);
  context.lineTo(x + radius, y);
  context.lineTo(x, y + radius);
  context.lineTo(x - radius, y);
  context.fill();
}
