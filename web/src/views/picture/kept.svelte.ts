import type { PlacedColumn, Stage } from "../../layout/stage.ts";

export interface KeptSource {
  stage: () => Stage;
  near: () => readonly PlacedColumn[];
  /** Zoom of the last rest. */
  zoom: () => number;
}

/** Columns that are kept at most, those near included. */
const MOST = 24;

/**
 * Columns whose cards are there, in the order in which they stand: those near, and some that were. To make cards takes
 * longer than to keep them, unless they are drawn large.
 */
export function keptColumns(source: KeptSource): () => readonly PlacedColumn[] {
  let kept: string[] = [];
  const large = new Set<string>();
  const columns = $derived.by(() => {
    const near = source.near().map((one) => one.column.key);
    for (const key of near) {
      if (source.zoom() > 1) large.add(key);
      else large.delete(key);
    }
    const before = kept.filter((key) => !near.includes(key) && !large.has(key));
    kept = [...near, ...before].slice(0, Math.max(MOST, near.length));
    return source.stage().columns.filter((one) => kept.includes(one.column.key));
  });
  return () => columns;
}
