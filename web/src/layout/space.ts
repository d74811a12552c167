import type { Tiling } from "./tiling.ts";

/** Distances of the picture in pixels at zoom 1. */
export const SPACE = {
  /** Below the cards run the connections that jump columns, and stand the names of classes. */
  margin: { side: 16, top: 12, bottom: 46 },
  card: { gap: 7, crowded: 4, side: 3, head: 15, line: 12, bottom: 3, count: 9, least: 26, low: 20 },
  /** Room between columns for the curves of connections: more where there are more clusters to join. */
  gap: { input: 24, base: 68, perRoot: 4, tight: 0.74, roomy: 1.3, most: 180, classes: 24 },
  /**
   * Mean side of a tile, in pixels; below `least` only the strongest neurons are shown, the largest with a side of `few`,
   * or as little as `fewest` where more of them have room then.
   * Tiles of `roomy` are large enough for gaps to grow first.
   */
  tile: { least: 14, few: 28, fewest: 22, roomy: 30, most: 52 },
  /** Of columns of clusters: to be read at all, to be read well, and beyond which nothing is won. */
  width: { tight: 72, least: 96, roomy: 116, few: 180, most: 260 },
  input: { width: 48, tile: 46, gap: 7 },
  classes: { width: 108, least: 20, most: 40, gap: 6 },
} as const;

export interface Card {
  /** Cluster id; for pending columns a place holder. */
  id: string;
  y: number;
  height: number;
  /** Lines of the title. */
  lines: 1 | 2;
  /** The neurons shown when nothing is enlarged; null where the card shows none. */
  tiling: Tiling | null;
}
