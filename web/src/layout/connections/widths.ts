/** Width in world units of a curve that carries all the weight that arrives in a column. */
const WIDEST = 15;
const THINNEST = 0.9;

/**
 * Width of a curve. It grows with the root of the share: from a hundredth to the whole every step is seen, which in
 * proportion to the share would take lines from a hair to a card's width.
 */
export const widthOf = (share: number): number => Math.max(THINNEST, WIDEST * Math.sqrt(Math.min(1, share)));

/** Shares whose widths the legend shows. */
export const LEGEND_SHARES = [0.01, 0.1, 0.5] as const;
