import type { Strand } from "../layout/connections/picture.ts";
import type { Theme } from "../theme/theme.ts";

export interface StrandStyle {
  theme: Theme;
  /** Per strand, 0 to 1. */
  opacity: readonly number[];
  /** Canvas pixels per world unit. */
  scale: number;
  /** The part of the world that is on the canvas. */
  area: { left: number; top: number; right: number; bottom: number };
}

/** Curves between two places where drawing may be interrupted. */
const STEP = 12;
/** World units between two arrowheads on a trunk. */
const HEADS = 200;
/** Fewer widths and opacities than strands: all of one look are drawn without changing pens. */
const WIDTHS = 2;
const OPACITIES = 16;
/** Lines thinner than this on the screen would flicker away. */
const THINNEST = 0.7;

/** A pen, and the strands that it draws. */
export interface Look {
  sign: 1 | -1;
  width: number;
  opacity: number;
  strands: number[];
}

/** Strands by look, faint and wide ones first, so that what matters lies on top. */
export function looksOf(strands: readonly Strand[], opacity: readonly number[]): Look[] {
  const looks = new Map<string, Look>();
  strands.forEach((strand, index) => {
    const width = Math.max(1, Math.round(strand.width * WIDTHS)) / WIDTHS;
    const alpha = Math.round((opacity[index] ?? 0) * OPACITIES) / OPACITIES;
    if (alpha <= 0) return;
    const key = `${strand.sign} ${width} ${alpha}`;
    const known = looks.get(key);
    if (known) known.strands.push(index);
    else looks.set(key, { sign: strand.sign, width, opacity: alpha, strands: [index] });
  });
  return [...looks.values()].sort((a, b) => a.opacity - b.opacity || b.width - a.width);
}

/** Whether a curve may be seen in an area: it never leaves the hull of its points. */
export function touches(points: readonly number[], { left, top, right, bottom }: StrandStyle["area"]): boolean {
  let [x0, y0, x1, y1] = [points[0] ?? 0, points[1] ?? 0, points[0] ?? 0, points[1] ?? 0];
  for (let i = 2; i + 1 < points.length; i += 2) {
    const [x, y] = [points[i] ?? 0, points[i + 1] ?? 0];
    if (x < x0) x0 = x;
    if (x > x1) x1 = x;
    if (y < y0) y0 = y;
    if (y > y1) y1 = y;
  }
  return x1 >= left && x0 <= right && y1 >= top && y0 <= bottom;
}

/** Begin a path along a curve of several pieces. */
export function tracePoints(context: CanvasRenderingContext2D, p: readonly number[]): void {
  context.beginPath();
  context.moveTo(p[0] ?? 0, p[1] ?? 0);
  for (let i = 2; i + 5 < p.length; i += 6) {
    context.bezierCurveTo(p[i] ?? 0, p[i + 1] ?? 0, p[i + 2] ?? 0, p[i + 3] ?? 0, p[i + 4] ?? 0, p[i + 5] ?? 0);
  }
}

function stroke(context: CanvasRenderingContext2D, p: readonly number[]): void {
  tracePoints(context, p);
  // One by one: a single stroke of a thousand curves takes a rasteriser without a graphics card four times as long.
  context.stroke();
}

/** Where the arrowheads of a level line are: in the middle, and at equal distances from there. */
export function headsOf(left: number, right: number): number[] {
  const count = Math.max(1, Math.round((right - left) / HEADS));
  return Array.from({ length: count }, (_, i) => left + ((i + 0.5) * (right - left)) / count);
}

/** Arrowheads along a trunk: it is read from left to right. */
function drawHeads(context: CanvasRenderingContext2D, { points, width }: Strand, scale: number): void {
  const [left = 0, y = 0, right = 0] = [points[0], points[1], points.at(-2)];
  const size = width / 2 + Math.max(3, 2.4 / scale);
  context.setLineDash([]);
  context.lineWidth = Math.max(1.6, 1.4 / scale);
  context.beginPath();
  for (const x of headsOf(left, right)) {
    context.moveTo(x - size / 2, y - size);
    context.lineTo(x + size / 2, y);
    context.lineTo(x - size / 2, y + size);
  }
  context.stroke();
}

/**
 * Draw strands: excitation in full lines, inhibition dashed and in its own colour. The context's place must be set;
 * yields where drawing may be interrupted.
 */
export function* strandSteps(
  context: CanvasRenderingContext2D,
  strands: readonly Strand[],
  style: StrandStyle,
): Generator<void> {
  const { theme, scale, area } = style;
  let drawn = 0;
  for (const { sign, width, opacity, strands: own } of looksOf(strands, style.opacity)) {
    const line = Math.max(width, THINNEST / scale);
    const pen = (): void => {
      context.lineCap = "butt";
      context.globalAlpha = opacity;
      context.lineWidth = line;
      context.strokeStyle = sign > 0 ? theme.colour.positive : theme.colour.negative;
      context.setLineDash(sign > 0 ? [] : [Math.max(5, 2 * line), Math.max(3.5, 1.2 * line)]);
    };
    pen();
    for (const index of own) {
      const strand = strands[index];
      if (!strand || !touches(strand.points, area)) continue;
      stroke(context, strand.points);
      if (strand.source === null && strand.target === null) {
        drawHeads(context, strand, scale);
        pen();
      }
      if (++drawn % STEP === 0) yield;
    }
  }
  context.globalAlpha = 1;
  context.setLineDash([]);
}
