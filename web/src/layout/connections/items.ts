import type { BundleScene, ConnectionScene, CurveScene, GapScene } from "../../api/types.ts";
import { type Key, keyOf } from "./keys.ts";

/** One end of a drawn connection at a cluster. */
export interface ItemEnd {
  key: Key;
  /** Rank among all curves at that side of the cluster, from the top. */
  port: number;
  /** Share of the weight between the two columns that runs through this end. */
  share: number;
}

/** What is drawn between two columns: a bicluster with its in-between node, or a single curve. */
export interface Item {
  id: string;
  single: boolean;
  sign: 1 | -1;
  /** Share of the weight of both signs between the two columns. */
  share: number;
  /** Indices of the two columns. */
  source: number;
  target: number;
  sources: ItemEnd[];
  targets: ItemEnd[];
  /** What a bicluster joins, in words; empty for a single curve. */
  words: string;
}

type Side = "source" | "target";

/** All the weight between two columns, drawn or not. */
function wholeOf(gap: GapScene): number {
  const drawn = [...gap.bundles, ...gap.curves].reduce((sum, one) => sum + Math.abs(one.weight), 0);
  return gap.share > 0 && drawn > 0 ? drawn / gap.share : 1;
}

function ends(bundle: BundleScene, side: Side, { layer, whole }: { layer: string; whole: number }): ItemEnd[] {
  const clusters = side === "source" ? bundle.sources : bundle.targets;
  const weights = side === "source" ? bundle.source_weights : bundle.target_weights;
  const ports = side === "source" ? bundle.source_ports : bundle.target_ports;
  return clusters.map((cluster, index) => ({
    key: keyOf(layer, cluster),
    port: ports[index] ?? 0,
    share: Math.abs(weights[index] ?? 0) / whole,
  }));
}

interface Between {
  gap: GapScene;
  from: string;
  to: string;
  whole: number;
}

function bundleItem(bundle: BundleScene, { gap, from, to, whole }: Between): Item {
  return {
    id: bundle.id,
    single: false,
    sign: bundle.sign,
    share: Math.abs(bundle.weight) / whole,
    source: gap.source,
    target: gap.target,
    sources: ends(bundle, "source", { layer: from, whole }),
    targets: ends(bundle, "target", { layer: to, whole }),
    words: bundle.words,
  };
}

function curveItem(curve: CurveScene, { gap, from, to, whole }: Between): Item {
  const { sign } = curve;
  const share = Math.abs(curve.weight) / whole;
  return {
    id: `${gap.source}>${gap.target} ${curve.source} ${sign > 0 ? "+" : "-"} ${curve.target}`,
    single: true,
    sign,
    share,
    source: gap.source,
    target: gap.target,
    sources: [{ key: keyOf(from, curve.source), port: curve.source_port, share }],
    targets: [{ key: keyOf(to, curve.target), port: curve.target_port, share }],
    words: "",
  };
}

/** Everything that is drawn, gap by gap. */
export function itemsOf(scene: ConnectionScene): Item[] {
  return scene.gaps.flatMap((gap) => {
    const [from = "", to = ""] = [scene.columns[gap.source], scene.columns[gap.target]];
    const between = { gap, from, to, whole: wholeOf(gap) };
    return [
      ...gap.bundles.map((bundle) => bundleItem(bundle, between)),
      ...gap.curves.map((curve) => curveItem(curve, between)),
    ];
  });
}

/** Whether it jumps columns. */
export const isSkip = (item: Item): boolean => item.target > item.source + 1;
