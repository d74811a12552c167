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

function stroke(context: CanvasRenderingContext2D, p: readonly number[]): void {
  context.beginPath();
  context.moveTo(p[0] ?? 0, p[1] ?? 0);
  for (let i = 2; i + 5 < p.length; i += 6) {
    context.bezierCurveTo(p[i] ?? 0, p[i + 1] ?? 0, p[i + 2] ?? 0, p[i + 3] ?? 0, p[i + 4] ?? 0, p[i + 5] ?? 0);
  }
  // One by one: a single stroke of a thousand curves takes a rasteriser without a graphics card four times as long.
  context.stroke();
}

/** Draw all strands: excitation in full lines, inhibition dashed and in its own colour. */
export function drawStrands(context: CanvasRenderingContext2D, strands: readonly Strand[], style: StrandStyle): void {
  const { theme, scale, area } = style;
  context.setTransform(scale, 0, 0, scale, -area.left * scale, -area.top * scale);
  context.lineCap = "butt";
  for (const { sign, width, opacity, strands: own } of looksOf(strands, style.opacity)) {
    const line = Math.max(width, THINNEST / scale);
    context.globalAlpha = opacity;
    context.lineWidth = line;
    context.strokeStyle = sign > 0 ? theme.colour.positive : theme.colour.negative;
    context.setLineDash(sign > 0 ? [] : [Math.max(5, 2 * line), Math.max(3.5, 1.2 * line)]);
    for (const index of own) {
      const points = strands[index]?.points ?? [];
      if (touches(points, area)) stroke(context, points);
    }
  }
  context.globalAlpha = 1;
  context.setLineDash([]);
}
