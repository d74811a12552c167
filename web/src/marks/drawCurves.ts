import { type Axis, ticksOf } from "../layout/training/axis.ts";
import { besideLevel, drawnLine, type Line } from "../layout/training/curves.ts";
import { count } from "../layout/words.ts";
import type { Theme } from "../theme/theme.ts";

/** One line of a plot as it is drawn. */
export interface Stroke {
  line: Line;
  /** The same before it was smoothed; null where it was not. */
  raw: Line | null;
  colour: string;
  dashed: boolean;
}

export interface CurvesDrawing {
  x: Axis;
  y: Axis;
  strokes: readonly Stroke[];
  /** A value that the lines are held against, with its words; null for none. */
  level: { value: number; words: string } | null;
  /** Steps that a finding is about. */
  span: readonly [number, number] | null;
  /** Step that is looked at. */
  step: number | null;
  /** Step under the pointer, and where a drag began. */
  pointer: number | null;
  dragged: number | null;
}

/** Points that are few enough to be seen one by one. */
const FEW = 40;
const FONT = "10px system-ui, sans-serif";

/** Draw lines over steps into a canvas of so many page pixels. */
export function drawCurves(
  canvas: HTMLCanvasElement,
  drawing: CurvesDrawing,
  size: { width: number; height: number },
  theme: Theme,
): void {
  const ratio = globalThis.devicePixelRatio ?? 1;
  canvas.width = Math.round(size.width * ratio);
  canvas.height = Math.round(size.height * ratio);
  const context = canvas.getContext("2d");
  if (!context) return;
  context.scale(ratio, ratio);
  const { x, y, strokes, level, span, step, pointer, dragged } = drawing;
  const left = (one: number): number => x.at(one) * size.width;
  const between = (from: number, to: number, colour: string): void => {
    context.fillStyle = colour;
    context.fillRect(left(from), 0, Math.max(2, left(to) - left(from)), size.height);
  };
  if (span) between(span[0], span[1], theme.colour.warningSoft);
  if (dragged !== null && pointer !== null) {
    between(Math.min(dragged, pointer), Math.max(dragged, pointer), theme.colour.accentSoft);
  }
  drawGrid(context, y, size, theme);
  if (level) drawLevel(context, heightOf(level.value, y, size), size, theme);
  for (const stroke of strokes) drawStroke(context, stroke, drawing, size, theme);
  drawLabels(context, y, size, theme);
  context.lineWidth = 1;
  if (step !== null) drawRule(context, left(step), size.height, theme.colour.text);
  if (pointer !== null) drawRule(context, left(pointer), size.height, theme.colour.muted, [2, 3]);
  const named = pointer ?? step;
  drawLevelWords(context, drawing, size, theme);
  if (named !== null) drawStepName(context, named, left(named), size, theme);
}

interface Size {
  width: number;
  height: number;
}

/** How far below the upper edge a value lies, in pixels, so that a thin line there is sharp. */
const heightOf = (value: number, y: Axis, { height }: { height: number }): number =>
  Math.round(height * (1 - y.at(value))) + 0.5;

/** Ticks of the upright axis that lie in the plot, with their heights in pixels. */
function placedTicks(y: Axis, height: number): { label: string; at: number }[] {
  return ticksOf(y, Math.max(2, Math.floor(height / 30)))
    .map(({ value, label }) => ({ label, at: heightOf(value, y, { height }) }))
    .filter(({ at }) => at >= 0 && at <= height);
}

function drawGrid(context: CanvasRenderingContext2D, y: Axis, size: Size, theme: Theme): void {
  context.strokeStyle = theme.colour.line;
  for (const { at } of placedTicks(y, size.height)) {
    context.beginPath();
    context.moveTo(0, at);
    context.lineTo(size.width, at);
    context.stroke();
  }
}

function drawLevel(context: CanvasRenderingContext2D, at: number, size: Size, theme: Theme): void {
  context.strokeStyle = theme.colour.muted;
  context.lineWidth = 1;
  context.setLineDash([2, 3]);
  context.beginPath();
  context.moveTo(0, at);
  context.lineTo(size.width, at);
  context.stroke();
  context.setLineDash([]);
}

/** At the right, since ticks have their labels at the left; above the foot, where the step may be named. */
function drawLevelWords(
  context: CanvasRenderingContext2D,
  { x, y, strokes, level, step, pointer }: CurvesDrawing,
  size: Size,
  theme: Theme,
): void {
  if (!level) return;
  context.font = FONT;
  const to = size.width - 4;
  const bottom = size.height - (step === null && pointer === null ? 7 : 18);
  const pieces = strokes.flatMap((stroke) => drawnLine(stroke.line, x, y, size).pieces);
  const place = besideLevel(
    heightOf(level.value, y, size),
    { from: to - context.measureText(level.words).width, to, bottom },
    pieces,
  );
  context.textAlign = "right";
  write(context, level.words, to, place, theme);
  context.textAlign = "left";
}

/** Over the lines: they begin where the labels stand. */
function drawLabels(context: CanvasRenderingContext2D, y: Axis, size: Size, theme: Theme): void {
  for (const { label, at } of placedTicks(y, size.height)) {
    write(context, label, 2, Math.min(size.height - 6, Math.max(6, at - 6)), theme);
  }
}

/** Pixels at the left in which ticks have their labels. */
const TICKS = 40;

/** Which step the values beside the title are of, at the foot of its rule and on the side with more room. */
function drawStepName(context: CanvasRenderingContext2D, step: number, at: number, size: Size, theme: Theme): void {
  const toLeft = at > size.width / 2;
  context.textAlign = toLeft ? "right" : "left";
  write(context, `step ${count(step)}`, toLeft ? at - 4 : Math.max(at + 5, TICKS), size.height - 7, theme);
  context.textAlign = "left";
}

/** Small words that stay legible on a line. */
function write(context: CanvasRenderingContext2D, words: string, x: number, y: number, theme: Theme): void {
  context.font = FONT;
  context.textBaseline = "middle";
  context.lineJoin = "round";
  context.lineWidth = 3;
  context.strokeStyle = theme.colour.surface;
  context.strokeText(words, x, y);
  context.lineWidth = 1;
  context.fillStyle = theme.colour.muted;
  context.fillText(words, x, y);
}

function drawStroke(
  context: CanvasRenderingContext2D,
  stroke: Stroke,
  { x, y }: CurvesDrawing,
  size: { width: number; height: number },
  theme: Theme,
): void {
  context.strokeStyle = context.fillStyle = stroke.colour;
  context.lineJoin = "round";
  if (stroke.raw) {
    context.globalAlpha = 0.28;
    trace(context, drawnLine(stroke.raw, x, y, size).pieces, 1);
    context.globalAlpha = 1;
  }
  const drawn = drawnLine(stroke.line, x, y, size);
  context.setLineDash(stroke.dashed ? [5, 3] : []);
  trace(context, drawn.pieces, 1.5);
  context.setLineDash([]);
  const points = drawn.pieces.reduce((sum, piece) => sum + piece.length / 2, 0);
  if (points <= FEW) {
    for (const piece of drawn.pieces) {
      for (let i = 0; i < piece.length; i += 2) dot(context, piece[i] ?? 0, piece[i + 1] ?? 0, 2);
    }
  }
  // What is not finite is said at the upper edge, where a line would leave the plot.
  context.fillStyle = theme.colour.error;
  for (const at of drawn.strange) {
    context.beginPath();
    context.moveTo(at - 4, 0);
    context.lineTo(at + 4, 0);
    context.lineTo(at, 7);
    context.fill();
  }
}

function trace(context: CanvasRenderingContext2D, pieces: readonly number[][], width: number): void {
  context.lineWidth = width;
  context.beginPath();
  for (const piece of pieces) {
    context.moveTo(piece[0] ?? 0, piece[1] ?? 0);
    for (let i = 2; i < piece.length; i += 2) context.lineTo(piece[i] ?? 0, piece[i + 1] ?? 0);
  }
  context.stroke();
}

export function dot(context: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}

export function drawRule(
  context: CanvasRenderingContext2D,
  at: number,
  height: number,
  colour: string,
  dash: number[] = [],
): void {
  context.strokeStyle = colour;
  context.setLineDash(dash);
  context.beginPath();
  context.moveTo(Math.round(at) + 0.5, 0);
  context.lineTo(Math.round(at) + 0.5, height);
  context.stroke();
  context.setLineDash([]);
}
