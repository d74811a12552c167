/** A piece of a contour: from one point to another, in cells from the middle of the first cell. */
export type Segment = readonly [number, number, number, number];

/** Numbers row by row. */
export interface Field {
  width: number;
  height: number;
  values: ArrayLike<number>;
}

/** Corners of a square of four cells, going round. */
const CORNERS = [
  [0, 0],
  [1, 0],
  [1, 1],
  [0, 1],
] as const;

/**
 * Where a field, taken as linear between the middles of its cells, crosses a level (marching squares).
 *
 * Where two opposite corners lie above and two below, the mean of the four decides which belong together.
 */
export function contour({ width, height, values }: Field, level: number): Segment[] {
  const out: Segment[] = [];
  for (let y = 0; y + 1 < height; y++) {
    for (let x = 0; x + 1 < width; x++) {
      const at = CORNERS.map(([dx, dy]) => values[(y + dy) * width + x + dx] as number);
      const crossings = crossingsOf(at, level).map(([side, share]) => pointOn(x, y, side, share));
      const [a, b, c, d] = crossings;
      if (a && b && c && d) {
        // Four crossings: the middle says whether the corner before the first of them is cut off by a and b, or by d and a.
        const mean = at.reduce((sum, value) => sum + value, 0) / 4;
        const apart = mean >= level === (at[1] as number) >= level;
        out.push(...(apart ? [segment(a, d), segment(b, c)] : [segment(a, b), segment(c, d)]));
      } else if (a && b) {
        out.push(segment(a, b));
      }
    }
  }
  return out;
}

type Point = readonly [number, number];
const segment = (from: Point, to: Point): Segment => [...from, ...to];

/** Sides of the square that the level crosses, and where. */
function crossingsOf(at: readonly number[], level: number): [number, number][] {
  const out: [number, number][] = [];
  for (let side = 0; side < 4; side++) {
    const [from, to] = [at[side] as number, at[(side + 1) % 4] as number];
    if (from >= level !== to >= level) out.push([side, (level - from) / (to - from)]);
  }
  return out;
}

function pointOn(x: number, y: number, side: number, share: number): Point {
  const [from, to] = [CORNERS[side] as Point, CORNERS[(side + 1) % 4] as Point];
  return [x + from[0] + (to[0] - from[0]) * share, y + from[1] + (to[1] - from[1]) * share];
}
