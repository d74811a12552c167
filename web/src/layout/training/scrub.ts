/** What is marked along the steps. */
export interface StepMark {
  kind: "snapshot" | "event";
  step: number;
  words: string;
}

/** The snapshot before or after a step; the step itself at the ends. */
export function neighbourSnapshot(snapshots: readonly number[], step: number, direction: 1 | -1): number {
  const found = direction > 0 ? snapshots.find((one) => one > step) : snapshots.findLast((one) => one < step);
  return found ?? step;
}

/** A step moved by a share of the whole, at least by one, within its bounds. */
export function movedStep(step: number, share: number, first: number, last: number): number {
  const by = Math.sign(share) * Math.max(1, Math.round(Math.abs(share) * (last - first)));
  return Math.min(last, Math.max(first, step + by));
}

/** What a key asks of a place along the steps; null for any other key. */
export function stepFor(
  key: string,
  at: { step: number; first: number; last: number; snapshots: readonly number[] },
): number | null {
  const { step, first, last, snapshots } = at;
  if (key === "Home") return first;
  if (key === "End") return last;
  if (key === "PageUp" || key === "PageDown") {
    return movedStep(step, key === "PageUp" ? 0.1 : -0.1, first, last);
  }
  const direction = key === "ArrowRight" || key === "ArrowUp" ? 1 : key === "ArrowLeft" || key === "ArrowDown" ? -1 : 0;
  if (direction === 0) return null;
  return snapshots.length > 0
    ? neighbourSnapshot(snapshots, step, direction)
    : movedStep(step, 0.01 * direction, first, last);
}

/** A window zoomed about a step by a factor, within the whole; null when that is all of it. */
export function zoomedWindow(
  window: readonly [number, number],
  factor: number,
  about: number,
  whole: readonly [number, number],
): [number, number] | null {
  const span = (window[1] - window[0]) / factor;
  const least = Math.min(whole[1] - whole[0], 4);
  if (span >= whole[1] - whole[0]) return null;
  const kept = Math.max(least, span);
  const share = (about - window[0]) / Math.max(1, window[1] - window[0]);
  const first = Math.round(Math.min(whole[1] - kept, Math.max(whole[0], about - share * kept)));
  return [first, Math.round(first + kept)];
}
