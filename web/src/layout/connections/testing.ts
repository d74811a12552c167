import type { ConnectionScene, LayerScene } from "../../api/types.ts";
import type { PlacedColumn, Stage } from "../stage.ts";
import { itemsOf } from "./items.ts";
import type { LinkSource } from "./picture.ts";

/** Columns of cards of height 40, 100 wide and 60 apart, without anything in them. */
export function plainStage(layers: readonly (readonly string[])[]): Stage {
  const columns = layers.map((clusters, index): PlacedColumn => {
    const column = { key: `g${index}`, kind: "clusters", layer: `l${index}` } as PlacedColumn["column"];
    const cards = clusters.map((id, place) => ({
      id,
      y: 100 + place * 50,
      height: 40,
      form: "tall" as const,
      lines: 1 as const,
      tiles: { width: 0, height: 0 },
    }));
    return { column, x: index * 160, y: 100, width: 100, height: clusters.length * 50 - 10, cards, pending: false };
  });
  return { columns, spans: [], width: layers.length * 160, height: 700, top: 90, label: 1 };
}

export const plainLayer = (layer: string, clusters: readonly string[]): LayerScene =>
  ({ layer, clusters: clusters.map((id) => ({ id, title: `title of ${id}`, neurons: [] })) }) as unknown as LayerScene;

type Gap = ConnectionScene["gaps"][number];

export const gap = (part: Partial<Gap>): Gap => ({
  source: 0,
  target: 1,
  bundles: [],
  curves: [],
  kept: 0,
  total: 0,
  share: 1,
  exact: true,
  notes: [],
  stale: [],
  ...part,
});

export const curve = (
  source: string,
  target: string,
  part: Partial<Gap["curves"][number]> = {},
): Gap["curves"][number] => ({
  source,
  target,
  sign: 1,
  weight: 1,
  share: 0.5,
  source_port: 0,
  target_port: 0,
  ...part,
});

export function bundle(sources: string[], targets: string[], part: Partial<Gap["bundles"][number]> = {}) {
  return {
    id: `${sources}>${targets}`,
    sources,
    targets,
    sign: 1 as const,
    weight: sources.length * targets.length,
    share: 0.5,
    coherence: 1,
    source_weights: sources.map(() => targets.length),
    target_weights: targets.map(() => sources.length),
    source_ports: sources.map(() => 0),
    target_ports: targets.map(() => 0),
    words: "these excite those",
    ...part,
  };
}

export function connections(columns: readonly (readonly string[])[], gaps: Gap[]): ConnectionScene {
  return {
    version: 1,
    mode: "weights",
    modes: ["weights"],
    default: "weights",
    warning: "",
    stale: "",
    agreement: { weights: null, contribution: null },
    share: 0.8,
    columns: columns.map((_, index) => `l${index}`),
    orders: columns.map((clusters) => [...clusters]),
    gaps,
    kept: 312,
    total: 1408,
    drawn: 0.801,
    curves: 0,
  };
}

export function plainSource(columns: readonly (readonly string[])[], gaps: Gap[]): LinkSource {
  const scene = connections(columns, gaps);
  return {
    items: itemsOf(scene),
    stage: plainStage(columns),
    columns: scene.columns,
    layer: (id) => plainLayer(id, columns[Number(id.slice(1))] ?? []),
    classes: [],
  };
}
