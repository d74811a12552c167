import type { Strand } from "./picture.ts";

const STEPS = 10;

interface Polyline {
  index: number;
  xs: Float32Array;
  ys: Float32Array;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

function bezier(p: readonly number[], at: number, t: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = [p[at], p[at + 2], p[at + 4], p[at + 6]];
  const s = 1 - t;
  return s * s * s * a + 3 * s * s * t * b + 3 * s * t * t * c + t * t * t * d;
}

function polyline(strand: Strand, index: number): Polyline {
  const pieces = (strand.points.length - 2) / 6;
  const count = pieces * STEPS + 1;
  const [xs, ys] = [new Float32Array(count), new Float32Array(count)];
  for (let i = 0; i < count; i++) {
    const piece = Math.min(pieces - 1, Math.floor(i / STEPS));
    const t = i / STEPS - piece;
    xs[i] = bezier(strand.points, piece * 6, t);
    ys[i] = bezier(strand.points, piece * 6 + 1, t);
  }
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  return { index, xs, ys, left, right, top: Math.min(...ys), bottom: Math.max(...ys) };
}

function squaredDistance(line: Polyline, x: number, y: number): number {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 1; i < line.xs.length; i++) {
    const [ax, ay] = [line.xs[i - 1] as number, line.ys[i - 1] as number];
    const [dx, dy] = [(line.xs[i] as number) - ax, (line.ys[i] as number) - ay];
    const length = dx * dx + dy * dy;
    const t = length === 0 ? 0 : Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / length));
    best = Math.min(best, (ax + t * dx - x) ** 2 + (ay + t * dy - y) ** 2);
  }
  return best;
}

/** Finds the strand under a point. */
export interface HitTest {
  /** Index of the nearest strand whose edge is within `reach`; null when none is. Strands for which `skip` holds are not seen. */
  at(x: number, y: number, reach: number, skip?: (index: number) => boolean): number | null;
}

export function hitTest(strands: readonly Strand[]): HitTest {
  const lines = strands.map(polyline);
  return {
    at(x, y, reach, skip) {
      let found: number | null = null;
      let best = Number.POSITIVE_INFINITY;
      for (const line of lines) {
        const half = (strands[line.index]?.width ?? 0) / 2;
        const room = reach + half;
        if (x < line.left - room || x > line.right + room || y < line.top - room || y > line.bottom + room) continue;
        if (skip?.(line.index)) continue;
        const distance = Math.sqrt(squaredDistance(line, x, y)) - half;
        if (distance <= reach && distance < best) [best, found] = [distance, line.index];
      }
      return found;
    },
  };
}
