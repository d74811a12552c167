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

const MARGIN = 0.35;
/** The margin that must be left: a new canvas takes some frames. */
const SPARE = 0.08;
/** Pictures with fewer pixels are drawn whole: then panning draws nothing. */
const WHOLE = 5_000_000;

/**
 * What to draw when this is seen: some more on every side, but nothing outside the picture.
 *
 * @param ratio Pixels of the screen per pixel of the page.
 */
export function regionOf(seen: Region, k: number, extent: Extent, ratio = 1): Drawn {
  if (extent.width * extent.height * (k * ratio) ** 2 <= WHOLE)
    return { k, left: 0, top: 0, right: extent.width, bottom: extent.height };
  const [dx, dy] = [(seen.right - seen.left) * MARGIN, (seen.bottom - seen.top) * MARGIN];
  return {
    k,
    left: Math.max(0, seen.left - dx),
    top: Math.max(0, seen.top - dy),
    right: Math.min(extent.width, seen.right + dx),
    bottom: Math.min(extent.height, seen.bottom + dy),
  };
}

/** Whether what was drawn still serves: what is seen of the picture is on it and some more, and not too coarse. */
export function serves(drawn: Drawn, seen: Region, k: number, extent: Extent): boolean {
  const ratio = k / drawn.k;
  if (ratio > 2 || ratio < 0.5) return false;
  const [dx, dy] = [(seen.right - seen.left) * SPARE, (seen.bottom - seen.top) * SPARE];
  return (
    drawn.left <= Math.max(0, seen.left - dx) &&
    drawn.top <= Math.max(0, seen.top - dy) &&
    drawn.right >= Math.min(extent.width, seen.right + dx) &&
    drawn.bottom >= Math.min(extent.height, seen.bottom + dy)
  );
}
