import type { LayerScene } from "../../api/types.ts";
import { type Key, readKey } from "./keys.ts";

/** What a cluster is called. */
export interface Named {
  title: string;
  /** Its place in the column from the top, 1 for the first; null where no other of the column has the same title. */
  place: number | null;
}

/** What things are called. */
export interface Names {
  cluster(key: Key): Named;
  /** By the place of the column among those that are connected. */
  column(index: number): string;
}

export interface NameSource {
  /** Layer ids of the connected columns. */
  columns: readonly string[];
  /** What columns are called, by layer id. */
  titles: ReadonlyMap<string, string>;
  layer: (id: string) => LayerScene | null;
  /** The clusters of a layer from top to bottom. */
  order: (id: string) => readonly string[];
}

const MOST_TITLES = 2;

/** The clusters of a column by id, told apart by their place where titles are equal. */
export function namedClusters(scene: LayerScene, order: readonly string[]): Map<string, Named> {
  const times = new Map<string, number>();
  for (const { title } of scene.clusters) times.set(title, (times.get(title) ?? 0) + 1);
  const places = new Map(order.map((id, index) => [id, index + 1]));
  return new Map(
    scene.clusters.map(({ id, title }, index) => [
      id,
      { title, place: (times.get(title) ?? 0) > 1 ? (places.get(id) ?? index + 1) : null },
    ]),
  );
}

/** The names of all columns, and of the clusters whose layers have come; of any other layer the titles alone. */
export function namesIn({ columns, titles, layer, order }: NameSource): Names {
  const named = new Map(
    columns.flatMap((id) => {
      const scene = layer(id);
      return scene ? [[id, namedClusters(scene, order(id))] as const] : [];
    }),
  );
  const titleOf = (id: string, cluster: string): string =>
    layer(id)?.clusters.find((one) => one.id === cluster)?.title ?? cluster;
  return {
    cluster: (key) => {
      const { layer: id, cluster } = readKey(key);
      return named.get(id)?.get(cluster) ?? { title: titleOf(id, cluster), place: null };
    },
    column: (index) => titles.get(columns[index] ?? "") ?? "",
  };
}

/** 1 → "1st", 12 → "12th". */
export function ordinal(value: number): string {
  const ends = ["th", "st", "nd", "rd"];
  const last = value % 100;
  return `${value}${(last > 10 && last < 14 ? undefined : ends[last % 10]) ?? "th"}`;
}

/** "a", "a and b", "a, b and c". */
export function enumerated(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} and ${last}`;
}

/** “mixed” (2nd from the top) */
export const nameOf = (named: Named): string => listed([named]);

/** “dog”, “mixed” (2nd and 4th from the top) and 3 more */
export function listed(clusters: readonly Named[]): string {
  const titles = new Map<string, Named[]>();
  for (const one of clusters) titles.set(one.title, [...(titles.get(one.title) ?? []), one]);
  const words = [...titles].slice(0, MOST_TITLES).map(([title, own]) => {
    const places = own.flatMap(({ place }) => (place === null ? [] : [place])).sort((a, b) => a - b);
    return places.length === 0 ? `“${title}”` : `“${title}” (${enumerated(places.map(ordinal))} from the top)`;
  });
  const left = [...titles].slice(MOST_TITLES).reduce((sum, [, own]) => sum + own.length, 0);
  return left > 0 ? `${words.join(", ")} and ${left} more` : enumerated(words);
}
