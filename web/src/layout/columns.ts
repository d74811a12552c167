import type { BlockFacts, GroupFacts, LayerFacts, Scene } from "../api/types.ts";
import { count, counted, shape } from "./words.ts";

/** Beyond this many classes the output is drawn in clusters like any other column. */
export const MOST_CLASSES = 40;

/** One column of the picture, before it has a place. */
export interface Column {
  /** Unique in the picture; stays the same while others open and close. */
  key: string;
  kind: "input" | "clusters" | "classes";
  title: string;
  detail: string;
  /** Id of the layer whose neurons it shows; null for the input. */
  layer: string | null;
  neurons: number;
  /** Group it belongs to; null for the input. */
  group: string | null;
  /** What opening it shows; null when there is nothing inside. */
  opens: { id: string; label: string } | null;
}

/** Neighbouring columns that were one column before it was opened. */
export interface Span {
  id: string;
  title: string;
  /** 0 for groups, 1 for blocks in them. */
  depth: number;
  from: number;
  to: number;
}

export interface Columns {
  columns: Column[];
  spans: Span[];
}

function inputColumn(scene: Scene): Column {
  const [width, height] = scene.examples[0]?.size ?? [0, 0];
  const same = scene.examples.every((one) => one.size[0] === width && one.size[1] === height);
  const detail = same && width > 0 ? `${shape([width, height])} pixels` : `${count(scene.run.images_seen)} images`;
  return { key: "input", kind: "input", title: "input", detail, layer: null, neurons: 0, group: null, opens: null };
}

function layerColumn(facts: LayerFacts, block: BlockFacts, group: GroupFacts): Column {
  const key = `layer:${facts.id}`;
  const own = facts.id.startsWith(`${block.title}/`) ? facts.id.slice(block.title.length + 1) : facts.title;
  const map = facts.map.length > 0 ? ` · ${shape(facts.map)}` : "";
  const detail = `${counted(facts.neurons, "neuron")}${map}`;
  return {
    key,
    kind: "clusters",
    title: own,
    detail,
    layer: facts.id,
    neurons: facts.neurons,
    group: group.id,
    opens: null,
  };
}

/** What the column of classes shows beside their names. */
function classesDetail({ classes, run }: Scene): string {
  const figures = run.accuracy !== null ? "% right" : run.by_prediction ? "images predicted" : "images";
  return `${counted(classes.length, "class", "classes")} · ${figures}`;
}

/** The columns from input to output, with groups and blocks opened as the user left them. */
export function columnsOf(scene: Scene, open: readonly string[]): Columns {
  const columns: Column[] = [inputColumn(scene)];
  const spans: Span[] = [];
  const facts = new Map(scene.layers.map((layer) => [layer.id, layer]));
  const neurons = (layer: string): number => facts.get(layer)?.neurons ?? 0;
  for (const group of scene.groups) {
    const start = columns.length;
    // A group of one block has nothing between itself and its layers.
    const only = group.blocks.length === 1 ? group.blocks[0] : undefined;
    const inside = only ? only.layers.length : group.blocks.length;
    if (open.includes(group.id) && inside > 1) {
      for (const block of group.blocks) addBlock(block, group);
      spans.push({ id: group.id, title: group.title, depth: 0, from: start, to: columns.length - 1 });
      continue;
    }
    const classes =
      group.output && neurons(group.layer) === scene.classes.length && scene.classes.length <= MOST_CLASSES;
    const label = only ? counted(inside, "layer") : counted(inside, "block");
    columns.push({
      key: group.id,
      kind: classes ? "classes" : "clusters",
      title: group.title,
      detail: classes ? classesDetail(scene) : group.detail,
      layer: group.layer,
      neurons: neurons(group.layer),
      group: group.id,
      opens: inside > 1 ? { id: group.id, label } : null,
    });
  }
  spans.sort((a, b) => a.depth - b.depth || a.from - b.from);
  return { columns, spans };

  function addBlock(block: BlockFacts, group: GroupFacts): void {
    const start = columns.length;
    const many = block.layers.length > 1;
    const straight = group.blocks.length === 1;
    if (many && (straight || open.includes(block.id))) {
      for (const id of block.layers) {
        const layer = facts.get(id);
        if (layer) columns.push(layerColumn(layer, block, group));
      }
      if (!straight) spans.push({ id: block.id, title: block.title, depth: 1, from: start, to: columns.length - 1 });
      return;
    }
    columns.push({
      key: block.id,
      kind: "clusters",
      title: block.title,
      detail: block.detail,
      layer: block.layer,
      neurons: neurons(block.layer),
      group: group.id,
      opens: many ? { id: block.id, label: counted(block.layers.length, "layer") } : null,
    });
  }
}

/** Open or close one id; closing a group closes what was opened inside it. */
export function toggled(scene: Scene, open: readonly string[], id: string): string[] {
  if (!open.includes(id)) return [...open, id];
  const group = scene.groups.find((one) => one.id === id);
  const inside = new Set([id, ...(group?.blocks.map((block) => block.id) ?? [])]);
  return open.filter((one) => !inside.has(one));
}

/** What a layer is called in the picture: as the column that it stands for, else by its own name. */
export function columnTitle(scene: Scene, layer: string): string {
  const group = scene.groups.find((one) => one.layer === layer);
  const block = scene.groups.flatMap((one) => one.blocks).find((one) => one.layer === layer);
  return group?.title ?? block?.title ?? scene.layers.find((one) => one.id === layer)?.title ?? layer;
}
