import type { ClusterBox } from "./boxes.ts";
import type { Item } from "./items.ts";
import type { Key } from "./keys.ts";

const MOST_PITCH = 9;
/** Share of a box's height that curves may use. */
const USED = 0.84;

export interface Ports {
  /** Height at which the curve of this rank leaves the box, or enters it. */
  leaves(key: Key, rank: number): number;
  enters(key: Key, rank: number): number;
}

function counted(ends: readonly { key: Key; port: number }[]): Map<Key, number> {
  const out = new Map<Key, number>();
  for (const { key, port } of ends) out.set(key, Math.max(out.get(key) ?? 0, port + 1));
  return out;
}

/** Where curves meet boxes: side by side around the middle, in the order of their ranks. */
export function portsOf(items: readonly Item[], boxes: ReadonlyMap<Key, ClusterBox>): Ports {
  const right = counted(items.flatMap((item) => item.sources));
  const left = counted(items.flatMap((item) => item.targets));
  const place = (counts: ReadonlyMap<Key, number>, key: Key, rank: number): number => {
    const box = boxes.get(key);
    if (!box) return 0;
    const count = counts.get(key) ?? 1;
    const pitch = Math.min(MOST_PITCH, ((box.bottom - box.top) * USED) / count);
    return (box.top + box.bottom) / 2 + (rank - (count - 1) / 2) * pitch;
  };
  return {
    leaves: (key, rank) => place(right, key, rank),
    enters: (key, rank) => place(left, key, rank),
  };
}
