import type { Strand } from "../layout/connections/picture.ts";
import type { Theme } from "../theme/theme.ts";

export interface StrandStyle {
  theme: Theme;
  /** Per strand, 0 to 1. */
  opacity: readonly number[];
  /** Canvas pixels per world unit. */
  scale: number;
  /** World point at the canvas's left top corner. */
  origin: { x: number; y: number };
}

/** Fewer widths and opacities than strands: all of one look are one stroke. */
const WIDTHS = 2;
const OPACITIES = 16;
/** Lines thinner than this on the screen would flicker away. */
const THINNEST = 0.7;

function trace(path: Path2D, points: readonly number[]): void {
  const p = points;
  path.moveTo(p[0] ?? 0, p[1] ?? 0);
  for (let i = 2; i + 5 < p.length; i += 6) {
    path.bezierCurveTo(p[i] ?? 0, p[i + 1] ?? 0, p[i + 2] ?? 0, p[i + 3] ?? 0, p[i + 4] ?? 0, p[i + 5] ?? 0);
  }
}

interface Look {
  sign: 1 | -1;
  width: number;
  opacity: number;
  path: Path2D;
}

/** Strands by look, faint ones first, so that what matters lies on top. */
export function looksOf(
  strands: readonly Strand[],
  opacity: readonly number[],
): Omit<Look, "path">[] & { of: number[] } {
  const looks: Omit<Look, "path">[] = [];
  const known = new Map<string, number>();
  const of = strands.map((strand, index) => {
    const width = Math.max(1, Math.round(strand.width * WIDTHS)) / WIDTHS;
    const alpha = Math.round((opacity[index] ?? 0) * OPACITIES) / OPACITIES;
    const key = `${strand.sign} ${width} ${alpha}`;
    const at = known.get(key) ?? looks.length;
    if (at === looks.length) {
      known.set(key, at);
      looks.push({ sign: strand.sign, width, opacity: alpha });
    }
    return at;
  });
  return Object.assign(looks, { of });
}

/** Draw all strands: excitation in full lines, inhibition dashed and in its own colour. */
export function drawStrands(context: CanvasRenderingContext2D, strands: readonly Strand[], style: StrandStyle): void {
  const { theme, opacity, scale, origin } = style;
  const found = looksOf(strands, opacity);
  const looks: Look[] = found.map((look) => ({ ...look, path: new Path2D() }));
  strands.forEach((strand, index) => {
    const look = looks[found.of[index] ?? 0];
    if (look && look.opacity > 0) trace(look.path, strand.points);
  });
  looks.sort((a, b) => a.opacity - b.opacity || b.width - a.width);
  context.setTransform(scale, 0, 0, scale, -origin.x * scale, -origin.y * scale);
  context.lineCap = "butt";
  for (const { sign, width, opacity: alpha, path } of looks) {
    if (alpha <= 0) continue;
    const line = Math.max(width, THINNEST / scale);
    context.globalAlpha = alpha;
    context.lineWidth = line;
    context.strokeStyle = sign > 0 ? theme.colour.positive : theme.colour.negative;
    context.setLineDash(sign > 0 ? [] : [Math.max(5, 2 * line), Math.max(3.5, 1.2 * line)]);
    context.stroke(path);
  }
  context.globalAlpha = 1;
  context.setLineDash([]);
}
