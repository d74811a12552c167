import { graphlib, layout } from "@dagrejs/dagre";
import type { Layer, LayerGraph } from "../api/types.ts";
import { shape } from "./words.ts";

/** One box of the layer graph. */
export interface GraphNode {
  id: string;
  /** Its layers in order: one, or a convolution with the norm and activation that follow it alone. */
  lines: { name: string; what: string }[];
  kind: Layer["kind"] | "outside";
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface GraphEdge {
  source: string;
  target: string;
  label: string;
  points: { x: number; y: number }[];
  at: { x: number; y: number };
}

export interface GraphPicture {
  nodes: GraphNode[];
  edges: GraphEdge[];
  width: number;
  height: number;
}

/** The part of a layer graph to draw: plain data, so that it can be sent to a worker. */
export interface GraphPart {
  nodes: Omit<GraphNode, "x" | "y">[];
  edges: { source: string; target: string; label: string }[];
}

/**
 * Layers of a group: members of its units, and the layers without neurons that lead into them.
 *
 * A layer of no unit (add, pool, pad) goes with what it leads to, and at the very end with what it comes from.
 */
export function layersOf(graph: LayerGraph, units: readonly string[]): Set<string> {
  const home = new Map<string, string>();
  for (const unit of graph.units) for (const member of unit.members) home.set(member, unit.id);
  const lead = (id: string, to: string): void => {
    const unit = home.get(to);
    if (unit !== undefined && !home.has(id)) home.set(id, unit);
  };
  // Edges run forward in the order of the layers: one pass from the end, then one from the beginning.
  for (const edge of [...graph.edges].reverse()) lead(edge.source, edge.target);
  for (const edge of graph.edges) lead(edge.target, edge.source);
  return new Set(graph.layers.map((layer) => layer.id).filter((id) => units.includes(home.get(id) ?? "")));
}

/** Width of a text of about 11.5 pixels, near enough for boxes. */
const textWidth = (text: string): number => Math.ceil(text.length * 6.6);

const sizes = (value: unknown): string | null =>
  Array.isArray(value) && value.every((one) => typeof one === "number") ? shape(value) : null;

/** "conv2d 3 × 3, stride 2 × 2, 16 groups". */
export function operation(layer: Layer): string {
  const { kernel, stride, groups } = layer.attributes;
  const parts = [layer.op];
  const window = sizes(kernel);
  if (window) parts[0] += ` ${window}`;
  if (Array.isArray(stride) && stride.some((one) => one !== 1)) parts.push(`stride ${sizes(stride) ?? ""}`);
  if (typeof groups === "number" && groups > 1) parts.push(`${groups} groups`);
  return parts.join(", ");
}

type Box = GraphPart["nodes"][number];

function boxOf(id: string, layers: readonly Layer[], kind: GraphNode["kind"]): Box {
  const lines = layers.map((layer) => ({ name: layer.id.replace(/^\//, ""), what: operation(layer) }));
  const width = Math.max(84, ...lines.map(({ name, what }) => textWidth(name) * 1.15 + textWidth(what) + 36));
  return { id, lines, kind, width: Math.ceil(width), height: 12 + 18 * lines.length };
}

/** Which box each layer is drawn in: its unit's, named by the unit, or its own. */
function boxIds(graph: LayerGraph): Map<string, string> {
  const ids = new Map(graph.layers.map((layer) => [layer.id, layer.id]));
  for (const unit of graph.units) for (const member of unit.members) ids.set(member, unit.id);
  return ids;
}

/** The layers of a group and, as ends, the layers just outside it. */
export function graphPart(graph: LayerGraph, units: readonly string[] | null): GraphPart {
  const inside = units === null ? new Set(graph.layers.map((layer) => layer.id)) : layersOf(graph, units);
  const box = boxIds(graph);
  const touching = graph.edges.filter((edge) => inside.has(edge.source) || inside.has(edge.target));
  const edges = touching.filter((edge) => box.get(edge.source) !== box.get(edge.target));
  const shown = new Set([...inside, ...edges.flatMap((edge) => [edge.source, edge.target])]);
  const members = new Map<string, Layer[]>();
  for (const layer of graph.layers) {
    const id = box.get(layer.id) ?? layer.id;
    if (shown.has(layer.id)) members.set(id, [...(members.get(id) ?? []), layer]);
  }
  const nodes = [...members].map(([id, layers]) => {
    const own = layers.some((layer) => inside.has(layer.id));
    return boxOf(id, layers, own ? (layers[0]?.kind ?? "other") : "outside");
  });
  const named = edges.map((edge) => ({
    source: box.get(edge.source) ?? edge.source,
    target: box.get(edge.target) ?? edge.target,
    label: shape(edge.shape),
  }));
  return { nodes, edges: named };
}

/** Place boxes and edges from left to right. */
export function graphLayout(part: GraphPart): GraphPicture {
  const graph = new graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: "LR", nodesep: 18, edgesep: 12, ranksep: 34, marginx: 20, marginy: 20 });
  for (const { id, width, height } of part.nodes) graph.setNode(id, { width, height });
  part.edges.forEach(({ source, target, label }, index) => {
    const width = textWidth(label) + 10;
    graph.setEdge({ v: source, w: target, name: String(index) }, { width, height: 16, labelpos: "c" });
  });
  layout(graph);
  const nodes = part.nodes.map((node): GraphNode => {
    const { x, y } = graph.node(node.id) as { x: number; y: number };
    return { ...node, x: x - node.width / 2, y: y - node.height / 2 };
  });
  const edges = part.edges.map((edge, index): GraphEdge => {
    const key = { v: edge.source, w: edge.target, name: String(index) };
    const { points, x, y } = graph.edge(key) as { points: { x: number; y: number }[]; x: number; y: number };
    return { ...edge, points, at: { x, y } };
  });
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return { nodes, edges, width, height };
}

/** A smooth line through the points of an edge. */
export function edgePath(points: readonly { x: number; y: number }[]): string {
  const [first, ...rest] = points;
  if (!first) return "";
  let path = `M${first.x.toFixed(1)} ${first.y.toFixed(1)}`;
  let from = first;
  for (const to of rest) {
    const middle = (from.x + to.x) / 2;
    path += `C${middle.toFixed(1)} ${from.y.toFixed(1)} ${middle.toFixed(1)} ${to.y.toFixed(1)} ${to.x.toFixed(1)} ${to.y.toFixed(1)}`;
    from = to;
  }
  return path;
}
