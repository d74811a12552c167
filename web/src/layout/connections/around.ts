import type { Item } from "./items.ts";
import type { Key } from "./keys.ts";

/** A drawn connection seen from one cluster. */
export interface Around {
  item: Item;
  /** Clusters at its other side that this one is connected with. */
  others: Key[];
  /** Share of the weight that runs through this cluster, of all that arrives in the target column. */
  share: number;
}

export interface Surroundings {
  /** What comes in, strongest first. */
  before: Around[];
  after: Around[];
}

function seenFrom(key: Key, item: Item, own: "source" | "target"): Around[] {
  const [ends, far] = own === "source" ? [item.sources, item.targets] : [item.targets, item.sources];
  const place = ends.findIndex((end) => end.key === key);
  if (place < 0) return [];
  const other = own === "source" ? "target" : "source";
  const others = item.links.filter((link) => link[own] === place).map((link) => far[link[other]]?.key ?? "");
  return [{ item, others, share: ends[place]?.share ?? 0 }];
}

const strongest = (found: Around[]): Around[] =>
  found.sort((a, b) => b.share - a.share || (a.item.id < b.item.id ? -1 : 1));

/** What is drawn into a cluster and out of it. */
export function surroundings(items: readonly Item[], key: Key): Surroundings {
  return {
    before: strongest(items.flatMap((item) => seenFrom(key, item, "target"))),
    after: strongest(items.flatMap((item) => seenFrom(key, item, "source"))),
  };
}
