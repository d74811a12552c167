import type { Key } from "./keys.ts";
import type { LinkPicture, Strand } from "./picture.ts";

/** What the user looks at: clusters, one drawn item, or steps from cluster to cluster. */
export type Focus =
  | { kind: "clusters"; keys: readonly Key[] }
  | { kind: "item"; item: number }
  | { kind: "path"; keys: readonly Key[] };

/** How far everything is from what the user looks at; Infinity: not connected with it. */
export interface Relevance {
  /** Per strand. */
  strands: number[];
  /** Per cluster; a cluster that is missing is not connected. */
  clusters: Map<Key, number>;
}

/** Steps from the starts along the strands; a node in between costs nothing. */
function distances(strands: readonly Strand[], starts: readonly string[], back: boolean): Map<string, number> {
  const next = new Map<string, string[]>();
  for (const strand of strands) {
    const [from, to] = back ? [strand.to, strand.from] : [strand.from, strand.to];
    const known = next.get(from);
    if (known) known.push(to);
    else next.set(from, [to]);
  }
  const found = new Map(starts.map((start) => [start, 0]));
  // Nodes cost nothing, so they go to the front.
  const queue = [...starts];
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    const here = found.get(at) ?? 0;
    for (const to of next.get(at) ?? []) {
      const inner = to.startsWith("#");
      const there = inner ? here : here + 1;
      if ((found.get(to) ?? Number.POSITIVE_INFINITY) <= there) continue;
      found.set(to, there);
      if (inner) queue.unshift(to);
      else queue.push(to);
    }
  }
  return found;
}

function ofClusters(picture: LinkPicture, keys: readonly Key[]): Relevance {
  const ahead = distances(picture.strands, keys, false);
  const behind = distances(picture.strands, keys, true);
  const far = Number.POSITIVE_INFINITY;
  const strands = picture.strands.map((strand) =>
    Math.min(ahead.get(strand.from) ?? far, behind.get(strand.to) ?? far),
  );
  const clusters = new Map<Key, number>();
  for (const reached of [ahead, behind]) {
    for (const [key, distance] of reached) {
      if (!key.startsWith("#")) clusters.set(key, Math.min(distance, clusters.get(key) ?? far));
    }
  }
  return { strands, clusters };
}

function ofItem(picture: LinkPicture, item: number): Relevance {
  const { sources = [], targets = [] } = picture.items[item] ?? {};
  return {
    strands: picture.strands.map((strand) => (strand.item === item ? 0 : Number.POSITIVE_INFINITY)),
    clusters: new Map([...sources, ...targets].map((end) => [end.key, 0])),
  };
}

/** Strands of the items that join two stops in a row, as far as they touch these two. */
function ofPath(picture: LinkPicture, keys: readonly Key[]): Relevance {
  const joins = new Map<number, Set<string>>();
  picture.items.forEach((item, index) => {
    for (let i = 1; i < keys.length; i++) {
      // A way is read backwards: the later stop is the source.
      const [to = "", from = ""] = [keys[i - 1], keys[i]];
      const both = item.sources.some((end) => end.key === from) && item.targets.some((end) => end.key === to);
      if (both) joins.set(index, new Set([from, to]));
    }
  });
  const on = (end: string, ends: Set<string>): boolean => end.startsWith("#") || ends.has(end);
  return {
    strands: picture.strands.map((strand) => {
      const ends = joins.get(strand.item);
      return ends && on(strand.from, ends) && on(strand.to, ends) ? 0 : Number.POSITIVE_INFINITY;
    }),
    clusters: new Map(keys.map((key) => [key, 0])),
  };
}

export function relevanceOf(picture: LinkPicture, focus: Focus | null): Relevance | null {
  if (focus === null) return null;
  if (focus.kind === "item") return ofItem(picture, focus.item);
  return focus.kind === "path" ? ofPath(picture, focus.keys) : ofClusters(picture, focus.keys);
}

/** Opacities by how far a strand is from what the user looks at. */
const NEAR = [0.95, 0.4, 0.2];
const FARTHER = 0.13;
const NEVER = 0.06;
const PLAIN = 0.62;

/** Connections that jump columns stay in the background until they matter: the more there are, the fainter. */
export const calmOf = (jumps: number): number => Math.max(0.1, Math.min(0.28, 4 / Math.max(1, jumps)));

export function opacityOf(strand: Pick<Strand, "skip">, distance: number | null, calm: number): number {
  if (distance === null) return strand.skip ? calm : PLAIN;
  const seen = Number.isFinite(distance) ? (NEAR[distance] ?? FARTHER) : NEVER;
  return strand.skip && distance > 0 ? Math.min(seen, calm) : seen;
}

/** Opacity of a cluster's card. */
export const cardOpacity = (distance: number | undefined): number =>
  distance === undefined ? 0.4 : distance <= 1 ? 1 : 0.7;
