/** Whether the user wants nothing to move by itself. */
export const still = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Quick at first, then slower: a share of the time as a share of the way. */
export const eased = (share: number): number => 1 - (1 - share) ** 3;
