/** Distances of the picture in pixels at zoom 1. */
export const SPACE = {
  margin: 22,
  head: 66,
  span: 26,
  foot: 104,
  card: { gap: 8, crowded: 6, side: 9, top: 7, title: 17, line: 15, letter: 6.9, tiles: 5, bars: 22, bottom: 7 },
  /** Beside the tiles, where a column has no room for words above them. */
  words: { width: 142, gap: 10, least: 31 },
  /** Room between columns for the curves of connections. */
  gap: { least: 70, most: 160 },
  /** Mean side of a tile; words stand above tiles only while these are at least `roomy`. */
  tile: { least: 19, tiny: 7, roomy: 34, crowded: 40, most: 52 },
  width: { least: 136, most: 420 },
  input: { width: 72, tile: 58, gap: 8 },
  classes: { width: 138, least: 20, most: 46, gap: 6 },
} as const;

/** Words above and bars below the tiles, or both to their right. */
export type Form = "tall" | "wide";

export interface Card {
  /** Cluster id; for pending columns a place holder. */
  id: string;
  y: number;
  height: number;
  form: Form;
  /** Lines of the title. */
  lines: 1 | 2;
  tiles: { width: number; height: number };
}
