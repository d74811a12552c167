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
      lines: 1 as const,
      tiling: null,
    }));
    return { column, x: index * 160, y: 100, width: 100, height: clusters.length * 50 - 10, cards, pending: false };
  });
  return { columns, spans: [], width: layers.length * 160, height: 700, top: 90 };
}

export const plainLayer = (layer: string, clusters: readonly string[]): LayerScene =>
  ({ layer, clusters: clusters.map((id) => ({ id, title: `title of ${id}`, neurons: [] })) }) as unknown as LayerScene;

type Gap = ConnectionScene["gaps"][number];

export const gap = (part: Partial<Gap>): Gap => ({
  source: 0,
  target: 1,
  part: 1,
  bundles: [],
  curves: [],
  trunks: [],
  kept: 0,
  total: 0,
  share: 1,
  left_out: 0,
  exact: true,
  notes: [],
  ...part,
});

export const curve = (
  source: string,
  target: string,
  part: Partial<Gap["curves"][number]> = {},
): Gap["curves"][number] => ({ source, target, sign: 1, share: 0.1, ...part });

export function bundle(sources: string[], targets: string[], part: Partial<Gap["bundles"][number]> = {}) {
  const share = part.share ?? 0.3;
  return {
    id: `${sources}>${targets}`,
    sources,
    targets,
    sign: 1 as const,
    share,
    coherence: 1,
    source_shares: sources.map(() => share / sources.length),
    target_shares: targets.map(() => share / targets.length),
    ...part,
  };
}

/** A trunk of these connections, each "source target". */
export function trunk(links: readonly string[], part: Partial<Gap["trunks"][number]> = {}): Gap["trunks"][number] {
  const ends = links.map((link) => link.split(" "));
  const [sources, targets] = [0, 1].map((side) => [...new Set(ends.map((end) => end[side] ?? ""))]) as [
    string[],
    string[],
  ];
  const share = part.share ?? 0.2;
  return {
    id: `trunk ${links}`,
    sources,
    targets,
    sign: 1,
    share,
    links: ends.map(([source = "", target = ""]) => ({
      source: sources.indexOf(source),
      target: targets.indexOf(target),
      share: share / links.length,
    })),
    ...part,
  };
}

export function connections(columns: readonly (readonly string[])[], gaps: Gap[]): ConnectionScene {
  return {
    version: 2,
    mode: "weights",
    modes: ["weights"],
    absent: [],
    default: "weights",
    images: null,
    warning: "",
    notes: [],
    agreement: { weights: null, contribution: null, images: null },
    share: 0.8,
    most: 60,
    columns: columns.map((_, index) => `l${index}`),
    orders: columns.map((clusters) => [...clusters]),
    crossings: 0,
    unordered: 0,
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
