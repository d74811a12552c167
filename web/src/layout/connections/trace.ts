import type { PathScene } from "../../api/types.ts";
import type { ClusterBox } from "./boxes.ts";
import { type Key, keyOf } from "./keys.ts";
import { type LinkPicture, level } from "./picture.ts";

/** A step of a way through the picture, from left to right. */
export interface TraceLine {
  /** A start, then two handles and an end for each Bézier piece: x and y in turn. */
  points: number[];
  /** Whether the step begins at the stop that is looked at. */
  current: boolean;
}

export const traceKeys = (path: PathScene): Key[] => path.stops.map((stop) => keyOf(stop.layer, stop.cluster));

/** The cluster of a stop; null without one. */
export const traceKeyAt = (path: PathScene | null, stop: number): Key | null =>
  path ? (traceKeys(path)[stop] ?? null) : null;

/** Put pieces one after the other, joined by straight lines where they do not meet. */
function joined(pieces: readonly (readonly number[])[]): number[] {
  const out: number[] = [];
  for (const piece of pieces) {
    const [x, y] = [piece[0] ?? 0, piece[1] ?? 0];
    if (out.length === 0) out.push(x, y);
    else if (out.at(-2) !== x || out.at(-1) !== y) out.push(out.at(-2) ?? x, out.at(-1) ?? y, x, y, x, y);
    out.push(...piece.slice(2));
  }
  return out;
}

/** The way of a drawn connection: along its curve, through its node, or along its trunk. */
function drawnWay({ items, strands }: LinkPicture, from: Key, to: Key): number[] | null {
  const index = items.findIndex((item) =>
    item.links.some((link) => item.sources[link.source]?.key === from && item.targets[link.target]?.key === to),
  );
  const item = items[index];
  if (!item) return null;
  const on = (place: number | null, ends: typeof item.sources, key: Key): boolean =>
    place === null || ends[place]?.key === key;
  const own = strands.filter(
    (strand) => strand.item === index && on(strand.source, item.sources, from) && on(strand.target, item.targets, to),
  );
  return joined(own.map((strand) => strand.points));
}

/** The way of a connection that is not drawn: straight to a neighbour, else below the columns in between. */
function freeWay({ boxes, lanes }: LinkPicture, from: ClusterBox, to: ClusterBox): number[] {
  const [y0, y1] = [(from.top + from.bottom) / 2, (to.top + to.bottom) / 2];
  const between = [...boxes.values()].filter((box) => box.left > from.right && box.right < to.left);
  if (between.length === 0) return level([from.right, y0], [to.left, y1]);
  const [left, right] = [Math.min(...between.map((box) => box.left)), Math.max(...between.map((box) => box.right))];
  const low = [...between.map((box) => box.bottom), ...[...lanes.values()].map((lane) => lane.y)];
  const y = Math.max(...low) + 14;
  return joined([
    level([from.right, y0], [left - 5, y]),
    level([left - 5, y], [right + 5, y]),
    level([right + 5, y], [to.left, y1]),
  ]);
}

/** Lines from each cluster of a way to the one that it leads to; a way is read backwards, its lines run forwards. */
export function traceLines(keys: readonly Key[], picture: LinkPicture, current: Key | null): TraceLine[] {
  return keys.slice(1).flatMap((key, index) => {
    const after = keys[index] ?? "";
    const [from, to] = [picture.boxes.get(key), picture.boxes.get(after)];
    if (!from || !to) return [];
    return [{ points: drawnWay(picture, key, after) ?? freeWay(picture, from, to), current: key === current }];
  });
}
