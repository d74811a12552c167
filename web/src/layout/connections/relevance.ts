import type { Item } from "./items.ts";
import type { Key } from "./keys.ts";
import type { LinkPicture, Strand } from "./picture.ts";

/** What the user looks at: clusters, one drawn item, or steps from cluster to cluster. */
export type Focus =
  | { kind: "clusters"; keys: readonly Key[] }
  /** Clusters that answer to something: what leads elsewhere says nothing about it. */
  | { kind: "answers"; keys: readonly Key[] }
  | { kind: "item"; item: number }
  | { kind: "path"; keys: readonly Key[] };

/** How far everything is from what the user looks at; Infinity: not connected with it. */
export interface Relevance {
  /** Per strand. */
  strands: number[];
  /** Per cluster; a cluster that is missing is not connected. */
  clusters: Map<Key, number>;
}

const FAR = Number.POSITIVE_INFINITY;

/** Steps from the starts along connections, forwards or backwards. */
function distances(items: readonly Item[], starts: readonly Key[], back: boolean): Map<Key, number> {
  const next = new Map<Key, Key[]>();
  for (const item of items) {
    for (const link of item.links) {
      const ends = [item.sources[link.source]?.key ?? "", item.targets[link.target]?.key ?? ""] as const;
      const [from, to] = back ? [ends[1], ends[0]] : ends;
      const known = next.get(from);
      if (known) known.push(to);
      else next.set(from, [to]);
    }
  }
  const found = new Map(starts.map((start) => [start, 0]));
  const queue = [...starts];
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    const there = (found.get(at) ?? 0) + 1;
    for (const to of next.get(at) ?? []) {
      if (found.has(to)) continue;
      found.set(to, there);
      queue.push(to);
    }
  }
  return found;
}

/** Least distance of the connections of one item that run through each of its ends, and of them all. */
interface Nearest {
  sources: number[];
  targets: number[];
  all: number;
}

function nearestOf(item: Item, distance: (source: Key, target: Key) => number): Nearest {
  const found: Nearest = {
    sources: item.sources.map(() => FAR),
    targets: item.targets.map(() => FAR),
    all: FAR,
  };
  for (const { source, target } of item.links) {
    const here = distance(item.sources[source]?.key ?? "", item.targets[target]?.key ?? "");
    found.sources[source] = Math.min(found.sources[source] ?? FAR, here);
    found.targets[target] = Math.min(found.targets[target] ?? FAR, here);
    found.all = Math.min(found.all, here);
  }
  return found;
}

/** A strand is as near as the nearest connection that runs along it. */
function strandDistances(picture: LinkPicture, distance: (source: Key, target: Key) => number): number[] {
  const nearest = picture.items.map((item) => nearestOf(item, distance));
  return picture.strands.map(({ item, source, target }: Strand) => {
    const found = nearest[item] as Nearest;
    if (source !== null) return found.sources[source] ?? FAR;
    return target === null ? found.all : (found.targets[target] ?? FAR);
  });
}

function ofClusters(picture: LinkPicture, keys: readonly Key[]): Relevance {
  const ahead = distances(picture.items, keys, false);
  const behind = distances(picture.items, keys, true);
  const clusters = new Map<Key, number>();
  for (const reached of [ahead, behind])
    for (const [key, distance] of reached) clusters.set(key, Math.min(distance, clusters.get(key) ?? FAR));
  const strands = strandDistances(picture, (source, target) =>
    Math.min(ahead.get(source) ?? FAR, behind.get(target) ?? FAR),
  );
  return { strands, clusters };
}

function ofItem(picture: LinkPicture, item: number): Relevance {
  const { sources = [], targets = [] } = picture.items[item] ?? {};
  return {
    strands: picture.strands.map((strand) => (strand.item === item ? 0 : FAR)),
    clusters: new Map([...sources, ...targets].map((end) => [end.key, 0])),
  };
}

function ofAnswers(picture: LinkPicture, keys: readonly Key[]): Relevance {
  const answers = new Set(keys);
  return {
    strands: strandDistances(picture, (source, target) => (answers.has(source) && answers.has(target) ? 0 : FAR)),
    clusters: new Map(keys.map((key) => [key, 0])),
  };
}

export function relevanceOf(picture: LinkPicture, focus: Focus | null): Relevance | null {
  if (focus === null) return null;
  if (focus.kind === "item") return ofItem(picture, focus.item);
  if (focus.kind === "clusters") return ofClusters(picture, focus.keys);
  if (focus.kind === "answers") return ofAnswers(picture, focus.keys);
  // The way itself is drawn over everything else, once.
  return { strands: picture.strands.map(() => FAR), clusters: new Map(focus.keys.map((key) => [key, 0])) };
}

/** Opacities by how far a strand is from what the user looks at. */
const NEAR = [0.95, 0.42, 0.22];
const FARTHER = 0.13;
const PLAIN = 0.64;
/** Trunks and what leads to them stay behind the others. */
const TRUNK = 0.5;
const FAN = 0.16;
/** What is left of the whole picture while something is looked at. */
export const DIMMED = 0.14;

/** Opacity of a strand in the whole picture. */
export function plainOpacity({ skip, source, target }: Pick<Strand, "skip" | "source" | "target">): number {
  if (!skip) return PLAIN;
  return source === null && target === null ? TRUNK : FAN;
}

/** Opacity of a strand that is connected with what is looked at; 0: it is not. */
export function litOpacity(strand: Pick<Strand, "skip" | "source" | "target">, distance: number): number {
  if (!Number.isFinite(distance)) return 0;
  const seen = NEAR[distance] ?? FARTHER;
  return strand.skip && distance > 0 ? Math.min(seen, plainOpacity(strand)) : seen;
}

/** Opacity of a cluster's card. */
export const cardOpacity = (distance: number | undefined): number =>
  distance === undefined ? 0.4 : distance <= 1 ? 1 : 0.7;
