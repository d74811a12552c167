/** Zooms at which the names of classes stand below a column's cards: closer, each card has its own. */
const BELOW = { from: 0.8, to: 2.2 };

export const namedBelow = (zoom: number): boolean => zoom >= BELOW.from && zoom < BELOW.to;

/** Where the names of a matrix's columns stand side by side: all where there is room, else some, and those asked for. */
export function namedColumns(count: number, pitch: number, wanted: readonly number[]): number[] {
  const every = Math.max(1, Math.ceil(APART / Math.max(pitch, 0.01)));
  const apart = (a: number, b: number): boolean => Math.abs(a - b) >= every;
  const shown: number[] = [];
  // Those asked for first; of neighbours that would stand in each other's way the first.
  for (const index of wanted) if (index < count && shown.every((other) => apart(index, other))) shown.push(index);
  for (let index = every >> 1; index < count; index += every) {
    if (shown.every((other) => apart(index, other))) shown.push(index);
  }
  return shown.sort((a, b) => a - b);
}

/** Pixels from one upright name to the next. */
const APART = 11;
