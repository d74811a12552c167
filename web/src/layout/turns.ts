import type { PlacedColumn } from "./stage.ts";
import type { Part } from "./viewport.ts";

/** A middle in the world. */
export interface Place {
  x: number;
  y: number;
}

/** What lies within the columns near, those nearest to the middle of what is seen first. */
export function inTurn<T>(all: readonly { of: T; place: Place }[], near: readonly PlacedColumn[], seen: Part): T[] {
  const left = Math.min(...near.map((one) => one.x));
  const right = Math.max(...near.map((one) => one.x + one.width));
  const [x, y] = [(seen.left + seen.right) / 2, (seen.top + seen.bottom) / 2];
  return all
    .filter(({ place }) => place.x >= left && place.x <= right)
    .map(({ of, place }) => ({ of, distance: Math.hypot(place.x - x, place.y - y) }))
    .sort((a, b) => a.distance - b.distance)
    .map(({ of }) => of);
}
