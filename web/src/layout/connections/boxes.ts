import type { LayerScene } from "../../api/types.ts";
import type { PlacedColumn, Stage } from "../stage.ts";
import { type Key, keyOf } from "./keys.ts";
import { spreadByAim } from "./spread.ts";

/** Where the curves of a cluster leave (on its right) and enter (on its left). */
export interface ClusterBox {
  left: number;
  right: number;
  top: number;
  bottom: number;
  /** Heights of its classes where the column shows classes and no clusters: short lines lead on to them. */
  fan: readonly number[];
}

/** Room before the classes, where the curves of a cluster of classes part. */
export const FAN = 30;
/** Height for the curves that enter a cluster of classes, at most. */
const FAN_HEIGHT = 54;

export interface BoxSource {
  stage: Stage;
  /** Layer ids of the connected columns. */
  columns: readonly string[];
  layer: (id: string) => LayerScene | null;
  /** Classes in the order in which their column shows them. */
  classes: readonly number[];
}

function classBoxes(placed: PlacedColumn, scene: LayerScene, classes: readonly number[]): [string, ClusterBox][] {
  const middles = scene.clusters.map((cluster) =>
    cluster.neurons
      .map((neuron) => placed.cards[classes.indexOf(neuron)])
      .filter((card) => card !== undefined)
      .map((card) => card.y + card.height / 2),
  );
  const means = middles.map((own) => own.reduce((sum, y) => sum + y, 0) / Math.max(1, own.length));
  const height = Math.min(FAN_HEIGHT, (0.8 * placed.height) / Math.max(1, means.length));
  const half = 0.42 * height;
  return spreadByAim(means, height).map((y, index) => {
    const left = placed.x - FAN;
    return [
      scene.clusters[index]?.id ?? "",
      { left, right: placed.x + placed.width, top: y - half, bottom: y + half, fan: middles[index] ?? [] },
    ];
  });
}

/** The boxes of all clusters whose columns have come, by key. */
export function boxesOf({ stage, columns, layer, classes }: BoxSource): Map<Key, ClusterBox> {
  const out = new Map<Key, ClusterBox>();
  for (const id of columns) {
    const placed = stage.columns.find((one) => one.column.layer === id);
    const scene = layer(id);
    if (!placed || placed.pending || !scene) continue;
    if (placed.column.kind === "classes") {
      for (const [cluster, box] of classBoxes(placed, scene, classes)) out.set(keyOf(id, cluster), box);
      continue;
    }
    for (const card of placed.cards) {
      out.set(keyOf(id, card.id), {
        left: placed.x,
        right: placed.x + placed.width,
        top: card.y,
        bottom: card.y + card.height,
        fan: [],
      });
    }
  }
  return out;
}
