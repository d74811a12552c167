import type { PathScene } from "../../api/types.ts";
import type { ClusterBox } from "./boxes.ts";
import { type Key, keyOf } from "./keys.ts";

/** A step of a way through the picture, from left to right. */
export interface TraceLine {
  /** A start, two handles and an end: x and y in turn. */
  points: number[];
  /** Whether the step begins at the stop that is looked at. */
  current: boolean;
}

export const traceKeys = (path: PathScene): Key[] => path.stops.map((stop) => keyOf(stop.layer, stop.cluster));

/** The cluster of a stop; null without one. */
export const traceKeyAt = (path: PathScene | null, stop: number): Key | null =>
  path ? (traceKeys(path)[stop] ?? null) : null;

/** Lines from each cluster of a way to the one that it leads to; a way is read backwards, its lines run forwards. */
export function traceLines(
  keys: readonly Key[],
  boxes: ReadonlyMap<Key, ClusterBox>,
  current: Key | null,
): TraceLine[] {
  return keys.slice(1).flatMap((key, index) => {
    const [from, to] = [boxes.get(key), boxes.get(keys[index] ?? "")];
    if (!from || !to) return [];
    const [y0, y1] = [(from.top + from.bottom) / 2, (to.top + to.bottom) / 2];
    const middle = (from.right + to.left) / 2;
    const points = [from.right, y0, middle, y0, middle, y1, to.left, y1];
    return [{ points, current: key === current }];
  });
}
