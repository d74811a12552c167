import type { Extent } from "../viewport.ts";

/** A part of the world. */
export interface Region {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** A canvas over a part of the world, drawn for one zoom. */
export interface Drawn extends Region {
  k: number;
}

const MARGIN = 0.3;

/** What to draw when this is seen: some more on every side, but nothing outside the picture. */
export function regionOf(seen: Region, k: number, extent: Extent): Drawn {
  const [dx, dy] = [(seen.right - seen.left) * MARGIN, (seen.bottom - seen.top) * MARGIN];
  return {
    k,
    left: Math.max(0, seen.left - dx),
    top: Math.max(0, seen.top - dy),
    right: Math.min(extent.width, seen.right + dx),
    bottom: Math.min(extent.height, seen.bottom + dy),
  };
}

/** Whether what was drawn still serves: all that is seen of the picture is on it, and not too coarse. */
export function serves(drawn: Drawn, seen: Region, k: number, extent: Extent): boolean {
  const ratio = k / drawn.k;
  if (ratio > 2 || ratio < 0.5) return false;
  return (
    drawn.left <= Math.max(0, seen.left) &&
    drawn.top <= Math.max(0, seen.top) &&
    drawn.right >= Math.min(extent.width, seen.right) &&
    drawn.bottom >= Math.min(extent.height, seen.bottom)
  );
}
