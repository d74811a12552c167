import type { ClusterBox } from "./boxes.ts";
import type { Key } from "./keys.ts";
import { widthOf } from "./widths.ts";

/** Share of a box's height that curves may use. */
const USED = 0.86;
/** Room between two curves that leave side by side. */
const APART = 2.5;

/** A curve's end at a cluster. */
export interface PortEnd {
  key: Key;
  side: "left" | "right";
  share: number;
  /** Where the curve goes to. */
  toward: readonly [number, number];
}

/** Ends of the same side of a box, as rays from its middle: from the one that rises most to the one that falls most. */
function byRay(ends: readonly PortEnd[], own: readonly number[], box: ClusterBox): number[] {
  const middle = (box.top + box.bottom) / 2;
  const slope = (index: number): number => {
    const end = ends[index] as PortEnd;
    const edge = end.side === "right" ? box.right : box.left;
    return (end.toward[1] - middle) / Math.max(1, Math.abs(end.toward[0] - edge));
  };
  return [...own].sort((a, b) => slope(a) - slope(b) || a - b);
}

/**
 * Heights at which curves leave boxes or enter them: side by side around the middle, each with room for its width, in
 * the order of the rays to where they go. So curves with a common end do not cross.
 */
export function portHeights(ends: readonly PortEnd[], boxes: ReadonlyMap<Key, ClusterBox>): number[] {
  const sides = new Map<string, number[]>();
  ends.forEach((end, index) => {
    const name = `${end.side} ${end.key}`;
    const known = sides.get(name);
    if (known) known.push(index);
    else sides.set(name, [index]);
  });
  const out = new Array<number>(ends.length).fill(0);
  for (const own of sides.values()) {
    const box = boxes.get(ends[own[0] ?? 0]?.key ?? "");
    if (!box) continue;
    const rooms = byRay(ends, own, box).map((index) => ({ index, room: widthOf(ends[index]?.share ?? 0) + APART }));
    const needed = rooms.reduce((sum, one) => sum + one.room, 0);
    const scale = Math.min(1, ((box.bottom - box.top) * USED) / needed);
    let y = (box.top + box.bottom) / 2 - (needed * scale) / 2;
    for (const { index, room } of rooms) {
      out[index] = y + (room * scale) / 2;
      y += room * scale;
    }
  }
  return out;
}
