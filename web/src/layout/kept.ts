/** Columns whose cards are there, by key. */
export interface Kept {
  /** Those near first, then those that were last. */
  keys: readonly string[];
  /** Those whose cards are drawn so large that they take much memory. */
  large: ReadonlySet<string>;
}

export const NOTHING_KEPT: Kept = { keys: [], large: new Set() };

/** Columns that are kept at most, those near included. */
const MOST = 24;
/** Pixels of the screen per world unit above which the cards of so many columns would take too much memory. */
const LARGE = 2;

/** The columns near, and some that were: to make cards takes longer than to keep them. */
export function keep(before: Kept, near: readonly string[], scale: number): Kept {
  const large = new Set(before.large);
  for (const key of near) {
    if (scale > LARGE) large.add(key);
    else large.delete(key);
  }
  const others = before.keys.filter((key) => !near.includes(key) && !large.has(key));
  return { keys: [...near, ...others].slice(0, Math.max(MOST, near.length)), large };
}
