import type { PlacedColumn } from "../stage.ts";
import { type BoxSource, boxesOf, type ClusterBox } from "./boxes.ts";
import { type Item, type ItemEnd, isSkip } from "./items.ts";
import type { Key } from "./keys.ts";
import { type Lane, lanesOf } from "./lanes.ts";
import { type Ports, portsOf } from "./ports.ts";
import { spread } from "./spread.ts";

/** A piece of a drawn connection: between a cluster and a node, or between two clusters. */
export interface Strand {
  item: number;
  /** Keys of clusters, or names of nodes. */
  from: string;
  to: string;
  sign: 1 | -1;
  width: number;
  skip: boolean;
  /** A start, then two handles and an end for each Bézier piece: x and y in turn. */
  points: number[];
}

/** An in-between node. */
export interface LinkNode {
  item: number;
  x: number;
  y: number;
  /** Height in world units; the width is `NODE`. */
  size: number;
  sources: Key[];
  targets: Key[];
}

/** Connections as coordinates. */
export interface LinkPicture {
  items: Item[];
  strands: Strand[];
  nodes: LinkNode[];
  boxes: Map<Key, ClusterBox>;
}

export const NODE = 9;
const SPACING = 7;
const WIDEST = 7;
/** World units of width for the whole weight between two columns. */
const WHOLE = 56;

/** Width of a curve: in proportion to its share of the weight, but never invisible. */
export const widthOf = (share: number): number => Math.max(0.8, Math.min(WIDEST, WHOLE * share));

const nodeName = (index: number, side: "in" | "out"): string => `#${index} ${side}`;

/** A curve that leaves and enters level. */
function level(x0: number, y0: number, x1: number, y1: number): number[] {
  const middle = (x0 + x1) / 2;
  return [x0, y0, middle, y0, middle, y1, x1, y1];
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

/** Heights at a node: one above the other in the order of where the curves come from, as thick as they are. */
function stacked(ends: readonly ItemEnd[], heights: readonly number[], middle: number): number[] {
  const order = ends.map((_, index) => index).sort((a, b) => (heights[a] ?? 0) - (heights[b] ?? 0) || a - b);
  const sum = ends.reduce((total, end) => total + widthOf(end.share), 0);
  const out = new Array<number>(ends.length).fill(middle);
  let y = middle - sum / 2;
  for (const index of order) {
    const width = widthOf(ends[index]?.share ?? 0);
    out[index] = y + width / 2;
    y += width;
  }
  return out;
}

const thickness = (ends: readonly ItemEnd[]): number => ends.reduce((sum, end) => sum + widthOf(end.share), 0);
const sizeOf = (item: Item): number => Math.max(NODE, thickness(item.sources), thickness(item.targets));

class Drawing {
  readonly strands: Strand[] = [];
  readonly nodes: LinkNode[] = [];
  readonly #boxes: ReadonlyMap<Key, ClusterBox>;
  readonly #ports: Ports;

  constructor(boxes: ReadonlyMap<Key, ClusterBox>, ports: Ports) {
    this.#boxes = boxes;
    this.#ports = ports;
  }

  leaving(end: ItemEnd): [number, number] {
    return [this.#boxes.get(end.key)?.right ?? 0, this.#ports.leaves(end.key, end.port)];
  }

  entering(end: ItemEnd): [number, number] {
    return [this.#boxes.get(end.key)?.left ?? 0, this.#ports.enters(end.key, end.port)];
  }

  add(index: number, item: Item, [from, to]: [string, string], share: number, points: number[]): void {
    this.strands.push({ item: index, from, to, sign: item.sign, width: widthOf(share), skip: isSkip(item), points });
  }

  /** A bicluster's node with the curves that come to it and go from it. */
  node(index: number, item: Item, x: number, y: number): void {
    const size = sizeOf(item);
    const [sources, targets] = [item.sources.map((end) => end.key), item.targets.map((end) => end.key)];
    this.nodes.push({ item: index, x, y, size, sources, targets });
    this.#fanIn(index, item, [x - NODE / 2, y], nodeName(index, "in"));
    this.#fanOut(index, item, [x + NODE / 2, y], nodeName(index, "in"));
  }

  #fanIn(index: number, item: Item, [x, y]: [number, number], name: string): void {
    const starts = item.sources.map((end) => this.leaving(end));
    const heights = stacked(
      item.sources,
      starts.map(([, height]) => height),
      y,
    );
    item.sources.forEach((end, i) => {
      const [x0, y0] = starts[i] as [number, number];
      this.add(index, item, [end.key, name], end.share, level(x0, y0, x, heights[i] ?? y));
    });
  }

  #fanOut(index: number, item: Item, [x, y]: [number, number], name: string): void {
    const stops = item.targets.map((end) => this.entering(end));
    const heights = stacked(
      item.targets,
      stops.map(([, height]) => height),
      y,
    );
    item.targets.forEach((end, i) => {
      const [x1, y1] = stops[i] as [number, number];
      this.add(index, item, [name, end.key], end.share, level(x, heights[i] ?? y, x1, y1));
    });
  }

  single(index: number, item: Item): void {
    const [from, to] = [item.sources[0], item.targets[0]];
    if (from && to)
      this.add(index, item, [from.key, to.key], item.share, level(...this.leaving(from), ...this.entering(to)));
  }

  /** Past the columns in between: into the lane, along it, and out of it. */
  jump(index: number, item: Item, lane: Lane, place: number): void {
    const { y, left, right } = lane;
    if (item.single) {
      const [from, to] = [item.sources[0], item.targets[0]];
      if (!from || !to) return;
      const out = level(right, y, ...this.entering(to)).slice(2);
      const points = [...level(...this.leaving(from), left, y), left, y, right, y, right, y, ...out];
      this.add(index, item, [from.key, to.key], item.share, points);
      return;
    }
    const [sources, targets] = [item.sources.map((end) => end.key), item.targets.map((end) => end.key)];
    this.nodes.push({ item: index, x: left + (right - left) * place, y, size: NODE, sources, targets });
    this.#fanIn(index, item, [left, y], nodeName(index, "in"));
    this.add(index, item, [nodeName(index, "in"), nodeName(index, "out")], item.share, level(left, y, right, y));
    this.#fanOut(index, item, [right, y], nodeName(index, "out"));
  }
}

/** In-between nodes of one gap: near the middle of what they join, and apart. */
function nodeHeights(items: readonly Item[], drawing: Drawing): number[] {
  const aims = items.map((item) => {
    const from = mean(item.sources.map((end) => drawing.leaving(end)[1]));
    const to = mean(item.targets.map((end) => drawing.entering(end)[1]));
    return (from + to) / 2;
  });
  return spread(aims, Math.max(0, ...items.map(sizeOf)) + SPACING);
}

function gapMiddle(item: Item, columns: readonly (PlacedColumn | null)[], boxes: ReadonlyMap<Key, ClusterBox>): number {
  const from = columns[item.source];
  const to = boxes.get(item.targets[0]?.key ?? "");
  return from && to ? (from.x + from.width + to.left) / 2 : 0;
}

function drawNeighbours(
  drawing: Drawing,
  items: readonly Item[],
  source: LinkSource,
  boxes: Map<Key, ClusterBox>,
): void {
  const gaps = new Map<number, number[]>();
  items.forEach((item, index) => {
    if (isSkip(item)) return;
    if (item.single) drawing.single(index, item);
    else gaps.set(item.source, [...(gaps.get(item.source) ?? []), index]);
  });
  const columns = placedColumns(source);
  for (const indices of gaps.values()) {
    const own = indices.map((index) => items[index] as Item);
    const heights = nodeHeights(own, drawing);
    own.forEach((item, i) => {
      drawing.node(indices[i] ?? 0, item, gapMiddle(item, columns, boxes), heights[i] ?? 0);
    });
  }
}

function drawJumps(drawing: Drawing, items: readonly Item[], source: LinkSource): void {
  const heights = (item: Item): [number, number] => [
    mean(item.sources.map((end) => drawing.leaving(end)[1])),
    mean(item.targets.map((end) => drawing.entering(end)[1])),
  ];
  const lanes = lanesOf({ items, columns: placedColumns(source), top: source.stage.top, heights });
  const nodes = items.filter((item) => !item.single && lanes.has(item.id)).length;
  let place = 0;
  items.forEach((item, index) => {
    const lane = lanes.get(item.id);
    if (!lane) return;
    if (!item.single) place++;
    drawing.jump(index, item, lane, place / (nodes + 1));
  });
}

export interface LinkSource extends BoxSource {
  items: readonly Item[];
}

const placedColumns = ({ stage, columns }: BoxSource): (PlacedColumn | null)[] =>
  columns.map((id) => stage.columns.find((one) => one.column.layer === id) ?? null);

/** Coordinates of all connections whose clusters are in the picture. Pure: the same input gives the same picture. */
export function linkPicture(source: LinkSource): LinkPicture {
  const boxes = boxesOf(source);
  const items = source.items.filter((item) => [...item.sources, ...item.targets].every((end) => boxes.has(end.key)));
  const drawing = new Drawing(boxes, portsOf(items, boxes));
  drawNeighbours(drawing, items, source, boxes);
  drawJumps(drawing, items, source);
  return { items, strands: drawing.strands, nodes: drawing.nodes, boxes };
}
