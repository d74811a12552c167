import type { BundleScene, ConnectionScene, CurveScene, GapScene, TrunkScene } from "../../api/types.ts";
import { type Key, keyOf } from "./keys.ts";

/** One end of a drawn connection at a cluster. */
export interface ItemEnd {
  key: Key;
  /** Share of all the weight that arrives in the target column, through this end. */
  share: number;
}

/** Two ends that are connected, by their places among the item's sources and targets. */
export interface ItemLink {
  source: number;
  target: number;
  share: number;
}

/** What is drawn as a whole: a bicluster with its in-between node, a single curve, or a trunk past other columns. */
export interface Item {
  id: string;
  kind: "bundle" | "curve" | "trunk";
  sign: 1 | -1;
  /** Share of all the weight that arrives in the target column. */
  share: number;
  /** Indices of the two columns. */
  source: number;
  target: number;
  sources: ItemEnd[];
  targets: ItemEnd[];
  /** Which ends are connected; of a bundle all with all, without a share of each. */
  links: ItemLink[];
}

interface Between {
  gap: GapScene;
  from: string;
  to: string;
}

const endsOf = (layer: string, clusters: readonly string[], shares: readonly number[]): ItemEnd[] =>
  clusters.map((cluster, index) => ({ key: keyOf(layer, cluster), share: shares[index] ?? 0 }));

function bundleItem(bundle: BundleScene, { gap, from, to }: Between): Item {
  const { id, sign, share, sources, targets } = bundle;
  const each = share / Math.max(1, sources.length * targets.length);
  return {
    id,
    kind: "bundle",
    sign,
    share,
    source: gap.source,
    target: gap.target,
    sources: endsOf(from, sources, bundle.source_shares),
    targets: endsOf(to, targets, bundle.target_shares),
    links: sources.flatMap((_, source) => targets.map((__, target) => ({ source, target, share: each }))),
  };
}

function curveItem({ source, target, sign, share }: CurveScene, { gap, from, to }: Between): Item {
  return {
    id: `${gap.source}-${gap.target}${sign > 0 ? "+" : "-"}${source}>${target}`,
    kind: "curve",
    sign,
    share,
    source: gap.source,
    target: gap.target,
    sources: endsOf(from, [source], [share]),
    targets: endsOf(to, [target], [share]),
    links: [{ source: 0, target: 0, share }],
  };
}

function trunkItem(trunk: TrunkScene, { gap, from, to }: Between): Item {
  const sums = (side: "source" | "target", count: number): number[] => {
    const out = new Array<number>(count).fill(0);
    for (const link of trunk.links) out[link[side]] = (out[link[side]] ?? 0) + link.share;
    return out;
  };
  return {
    id: trunk.id,
    kind: "trunk",
    sign: trunk.sign,
    share: trunk.share,
    source: gap.source,
    target: gap.target,
    sources: endsOf(from, trunk.sources, sums("source", trunk.sources.length)),
    targets: endsOf(to, trunk.targets, sums("target", trunk.targets.length)),
    links: trunk.links.map(({ source, target, share }) => ({ source, target, share })),
  };
}

/** Everything that is drawn, gap by gap, in-between nodes of a gap from top to bottom. */
export function itemsOf(scene: ConnectionScene): Item[] {
  return scene.gaps.flatMap((gap) => {
    const [from = "", to = ""] = [scene.columns[gap.source], scene.columns[gap.target]];
    const between = { gap, from, to };
    return [
      ...gap.bundles.map((bundle) => bundleItem(bundle, between)),
      ...gap.curves.map((curve) => curveItem(curve, between)),
      ...gap.trunks.map((trunk) => trunkItem(trunk, between)),
    ];
  });
}

/** Whether it jumps columns. */
export const isSkip = (item: Item): boolean => item.kind === "trunk";
