import type { Item, ItemEnd } from "./items.ts";
import type { Key } from "./keys.ts";

/** A drawn connection seen from one cluster. */
export interface Around {
  item: Item;
  /** Clusters at its other side. */
  others: Key[];
  /** Share of the weight between the two columns that runs through this cluster. */
  share: number;
}

export interface Surroundings {
  /** What comes in, strongest first. */
  before: Around[];
  after: Around[];
}

function seenFrom(key: Key, items: readonly Item[], own: (item: Item) => ItemEnd[], other: (item: Item) => ItemEnd[]) {
  return items
    .flatMap((item): Around[] => {
      const end = own(item).find((one) => one.key === key);
      return end ? [{ item, others: other(item).map((one) => one.key), share: end.share }] : [];
    })
    .sort((a, b) => b.share - a.share || (a.item.id < b.item.id ? -1 : 1));
}

/** What is drawn into a cluster and out of it. */
export function surroundings(items: readonly Item[], key: Key): Surroundings {
  return {
    before: seenFrom(
      key,
      items,
      (item) => item.targets,
      (item) => item.sources,
    ),
    after: seenFrom(
      key,
      items,
      (item) => item.sources,
      (item) => item.targets,
    ),
  };
}
