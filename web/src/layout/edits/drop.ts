import type { LayerClusters } from "../../api/types.ts";
import type { Area } from "../card.ts";
import type { PlacedColumn, Stage } from "../stage.ts";
import { isLocked, originOf } from "./edited.ts";

/** What is carried: some neurons of a layer, or a whole cluster to be merged. */
export interface Load {
  layer: string;
  neurons: readonly number[];
  /** The cluster that is carried whole; null for single neurons. */
  cluster: string | null;
}

/** Where something would be put down. */
export type Drop =
  | { kind: "cluster"; layer: string; cluster: string }
  /** Beside the cards of the layer: a new cluster. */
  | { kind: "new"; layer: string };

const SLOT = { gap: 8, most: 110 } as const;

/** The room beside a column's cards, up to the cards of its neighbours. */
function roomOf(stage: Pick<Stage, "columns">, column: PlacedColumn): [left: number, right: number] {
  const before = stage.columns.map((one) => one.x + one.width).filter((x) => x <= column.x);
  const after = stage.columns.map((one) => one.x).filter((x) => x > column.x);
  return [Math.max(-Infinity, ...before), Math.min(Infinity, ...after)];
}

/** The place for a new cluster: beside the cards of a column, where there is room for curves and no card. */
export function slotOf(stage: Pick<Stage, "columns">, column: PlacedColumn): Area {
  const x = column.x + column.width + SLOT.gap;
  const [, right] = roomOf(stage, column);
  return { x, y: column.y, width: Math.min(SLOT.most, right - SLOT.gap - x), height: column.height };
}

/**
 * What is under a point of the world for something of a layer: a card of any layer, or the empty room about the cards
 * of its own; null elsewhere.
 */
export function dropAt(
  stage: Pick<Stage, "columns" | "top">,
  layer: string,
  { x, y }: { x: number; y: number },
): Drop | null {
  for (const { column, cards, pending, ...at } of stage.columns) {
    if (column.layer === null || column.kind !== "clusters" || pending || x < at.x || x >= at.x + at.width) continue;
    const card = cards.find((one) => y >= one.y && y < one.y + one.height);
    if (card) return { kind: "cluster", layer: column.layer, cluster: card.id };
  }
  const own = stage.columns.find((one) => one.column.layer === layer && one.column.kind === "clusters");
  if (!own || y < stage.top) return null;
  const [left, right] = roomOf(stage, own);
  return x >= left && x < right ? { kind: "new", layer } : null;
}

/** Why something cannot be put down there, in a few words; empty: it can. Null: there is nothing to be put down on. */
export function refusalOf(
  { layer, cluster, neurons }: Load,
  drop: Drop | null,
  { state, holders }: { state: LayerClusters | null; holders: ReadonlyMap<number, string> },
): string | null {
  if (drop === null) return null;
  if (drop.layer !== layer) return "Neurons stay in their layer.";
  const { from, whole } = cluster === null ? originOf(holders, neurons) : { from: [cluster], whole: true };
  if (drop.kind === "new") {
    if (cluster !== null) return null;
    if (whole) return "They are a cluster of their own already.";
  } else {
    if (from.length === 1 && from[0] === drop.cluster) return null;
    if (isLocked(state, drop.cluster)) return "This cluster is locked.";
  }
  return from.some((one) => isLocked(state, one)) ? "They are in a locked cluster: unlock it first." : "";
}
