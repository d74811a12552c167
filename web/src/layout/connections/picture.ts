import type { PlacedColumn } from "../stage.ts";
import { type BoxSource, boxesOf, type ClusterBox } from "./boxes.ts";
import { type Item, type ItemEnd, isSkip } from "./items.ts";
import type { Key } from "./keys.ts";
import { type Lane, lanesOf } from "./lanes.ts";
import { type PortEnd, portHeights } from "./ports.ts";
import { spread } from "./spread.ts";
import { widthOf } from "./widths.ts";

/** A piece of a drawn connection: between a cluster and a node, between two clusters, or a trunk's way. */
export interface Strand {
  item: number;
  /** Places among the item's ends; null where it is a node. */
  source: number | null;
  target: number | null;
  sign: 1 | -1;
  width: number;
  skip: boolean;
  /** A start, then two handles and an end for each Bézier piece: x and y in turn. */
  points: number[];
}

/** An in-between node, of a bundle in its gap or of a trunk on its way. */
export interface LinkNode {
  item: number;
  x: number;
  y: number;
  /** Height in world units; the width is `NODE`. */
  size: number;
}

/** Connections as coordinates. */
export interface LinkPicture {
  items: Item[];
  strands: Strand[];
  nodes: LinkNode[];
  boxes: Map<Key, ClusterBox>;
  /** Lanes of the trunks by item id. */
  lanes: Map<string, Lane>;
}

export interface LinkSource extends BoxSource {
  items: readonly Item[];
}

export const NODE = 9;
const SPACING = 5;
/** Room below the columns for lanes. */
const BELOW = 90;

type Point = readonly [number, number];

/** A curve that leaves and enters level. */
export function level([x0, y0]: Point, [x1, y1]: Point): number[] {
  const middle = (x0 + x1) / 2;
  return [x0, y0, middle, y0, middle, y1, x1, y1];
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

const thickness = (ends: readonly ItemEnd[]): number => ends.reduce((sum, end) => sum + widthOf(end.share), 0);
const sizeOf = (item: Item): number => Math.max(NODE, thickness(item.sources), thickness(item.targets));

const middleOf = (box: ClusterBox | undefined): number => (box ? (box.top + box.bottom) / 2 : 0);

/** Mean height of ends, those that carry more counting more. */
function heightOf(ends: readonly ItemEnd[], boxes: ReadonlyMap<Key, ClusterBox>): number {
  const whole = ends.reduce((sum, end) => sum + end.share, 0);
  if (whole <= 0) return mean(ends.map((end) => middleOf(boxes.get(end.key))));
  return ends.reduce((sum, end) => sum + end.share * middleOf(boxes.get(end.key)), 0) / whole;
}

const placedColumns = ({ stage, columns }: BoxSource): (PlacedColumn | null)[] =>
  columns.map((id) => stage.columns.find((one) => one.column.layer === id) ?? null);

/** In-between nodes of bundles by index of their item: in the order given, as near as may be to what they join. */
function bundleNodes(items: readonly Item[], boxes: ReadonlyMap<Key, ClusterBox>): Map<number, LinkNode> {
  const gaps = new Map<number, number[]>();
  items.forEach((item, index) => {
    if (item.kind === "bundle") gaps.set(item.source, [...(gaps.get(item.source) ?? []), index]);
  });
  const out = new Map<number, LinkNode>();
  for (const indices of gaps.values()) {
    const own = indices.map((index) => items[index] as Item);
    const aims = own.map((item) => (heightOf(item.sources, boxes) + heightOf(item.targets, boxes)) / 2);
    const sizes = own.map(sizeOf);
    spread(aims, sizes, SPACING).forEach((y, i) => {
      const [from, to] = [boxes.get(own[i]?.sources[0]?.key ?? ""), boxes.get(own[i]?.targets[0]?.key ?? "")];
      const index = indices[i] ?? 0;
      out.set(index, { item: index, x: ((from?.right ?? 0) + (to?.left ?? 0)) / 2, y, size: sizes[i] ?? NODE });
    });
  }
  return out;
}

/** Where the curves of an item's sources go to, and where those of its targets come from. */
function inner(item: Item, node: LinkNode | undefined, lane: Lane | undefined): [Point, Point] | null {
  if (node) {
    return [
      [node.x - NODE / 2, node.y],
      [node.x + NODE / 2, node.y],
    ];
  }
  return item.kind === "trunk" && lane
    ? [
        [lane.left, lane.y],
        [lane.right, lane.y],
      ]
    : null;
}

/** Heights at a node: one above the other in the order of where the curves come from, as thick as they are. */
function stacked(ends: readonly ItemEnd[], heights: readonly number[], middle: number): number[] {
  const order = ends.map((_, index) => index).sort((a, b) => (heights[a] ?? 0) - (heights[b] ?? 0) || a - b);
  const out = new Array<number>(ends.length).fill(middle);
  let y = middle - thickness(ends) / 2;
  for (const index of order) {
    const width = widthOf(ends[index]?.share ?? 0);
    out[index] = y + width / 2;
    y += width;
  }
  return out;
}

class Drawing {
  readonly strands: Strand[] = [];
  readonly nodes: LinkNode[] = [];
  readonly #items: readonly Item[];
  readonly #boxes: ReadonlyMap<Key, ClusterBox>;
  readonly #bundles: ReadonlyMap<number, LinkNode>;
  readonly #lanes: ReadonlyMap<string, Lane>;
  /** Where each end of each item meets its box. */
  readonly #ports: ReadonlyMap<string, Point>;

  constructor(items: readonly Item[], boxes: ReadonlyMap<Key, ClusterBox>, lanes: ReadonlyMap<string, Lane>) {
    this.#items = items;
    this.#boxes = boxes;
    this.#lanes = lanes;
    this.#bundles = bundleNodes(items, boxes);
    this.#ports = this.#findPorts();
    items.forEach((item, index) => {
      this.#draw(item, index);
    });
  }

  #inner(item: Item, index: number): [Point, Point] | null {
    return inner(item, this.#bundles.get(index), this.#lanes.get(item.id));
  }

  #findPorts(): Map<string, Point> {
    const names: string[] = [];
    const ends: PortEnd[] = [];
    this.#items.forEach((item, index) => {
      const ways = this.#inner(item, index);
      const other = (end: ItemEnd | undefined, side: "left" | "right"): Point => {
        const box = this.#boxes.get(end?.key ?? "");
        return [box?.[side] ?? 0, middleOf(box)];
      };
      item.sources.forEach((end, i) => {
        names.push(`${index} out ${i}`);
        ends.push({ ...end, side: "right", toward: ways?.[0] ?? other(item.targets[0], "left") });
      });
      item.targets.forEach((end, i) => {
        names.push(`${index} in ${i}`);
        ends.push({ ...end, side: "left", toward: ways?.[1] ?? other(item.sources[0], "right") });
      });
    });
    const heights = portHeights(ends, this.#boxes);
    return new Map(
      names.map((name, i) => {
        const end = ends[i] as PortEnd;
        return [name, [this.#boxes.get(end.key)?.[end.side] ?? 0, heights[i] ?? 0]];
      }),
    );
  }

  #port(index: number, side: "in" | "out", end: number): Point {
    return this.#ports.get(`${index} ${side} ${end}`) ?? [0, 0];
  }

  #add(item: number, source: number | null, target: number | null, share: number, points: number[]): void {
    const { sign, kind } = this.#items[item] as Item;
    this.strands.push({ item, source, target, sign, width: widthOf(share), skip: kind === "trunk", points });
  }

  #draw(item: Item, index: number): void {
    const ways = this.#inner(item, index);
    if (!ways) {
      if (item.kind === "curve")
        this.#add(index, 0, 0, item.share, level(this.#port(index, "out", 0), this.#port(index, "in", 0)));
      return;
    }
    const [enter, leave] = ways;
    const starts = item.sources.map((_, i) => this.#port(index, "out", i));
    const stops = item.targets.map((_, i) => this.#port(index, "in", i));
    // A node is as high as its curves are thick; a trunk is met in one point, where they merge.
    const at = (ends: readonly ItemEnd[], ports: readonly Point[], y: number): number[] =>
      item.kind === "trunk"
        ? ends.map(() => y)
        : stacked(
            ends,
            ports.map((port) => port[1]),
            y,
          );
    const [coming, going] = [at(item.sources, starts, enter[1]), at(item.targets, stops, leave[1])];
    item.sources.forEach((end, i) => {
      this.#add(index, i, null, end.share, level(starts[i] as Point, [enter[0], coming[i] ?? 0]));
    });
    if (item.kind === "trunk") this.#add(index, null, null, item.share, level(enter, leave));
    item.targets.forEach((end, i) => {
      this.#add(index, null, i, end.share, level([leave[0], going[i] ?? 0], stops[i] as Point));
    });
    const node = this.#bundles.get(index);
    const size = Math.max(NODE, widthOf(item.share) + 4);
    // Trunks of both signs run side by side: their nodes do not stand in each other's way.
    const along = item.sign > 0 ? 0.44 : 0.56;
    this.nodes.push(node ?? { item: index, x: enter[0] + along * (leave[0] - enter[0]), y: enter[1], size });
  }
}

/** Coordinates of all connections whose clusters are in the picture. Pure: the same input gives the same picture. */
export function linkPicture(source: LinkSource): LinkPicture {
  const boxes = boxesOf(source);
  const items = source.items.filter((item) => [...item.sources, ...item.targets].every((end) => boxes.has(end.key)));
  const columns = placedColumns(source);
  const lowest = Math.max(0, ...columns.map((one) => (one ? one.y + one.height : 0)));
  const lanes = lanesOf({
    items: items.filter(isSkip),
    columns,
    top: source.stage.top,
    bottom: Math.min(lowest + BELOW, source.stage.height - 4),
    heights: (item) => [heightOf(item.sources, boxes), heightOf(item.targets, boxes)],
  });
  const { strands, nodes } = new Drawing(items, boxes, lanes);
  return { items, strands, nodes, boxes, lanes };
}
