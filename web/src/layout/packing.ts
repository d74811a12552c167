import type { ClusterScene, LayerScene, Tile } from "../api/types.ts";

/** A cluster's tiles in cells, lying on its longer side: cards are wider than high. */
export interface Packing {
  width: number;
  height: number;
  tiles: readonly Tile[];
}

const known = new WeakMap<ClusterScene, Packing>();

/** The packing as it came, or mirrored at its diagonal where it is higher than wide; squares stay squares. */
export function landscape(cluster: ClusterScene): Packing {
  const before = known.get(cluster);
  if (before) return before;
  const packing: Packing =
    cluster.height <= cluster.width
      ? cluster
      : {
          width: cluster.height,
          height: cluster.width,
          tiles: cluster.tiles.map((tile) => ({ ...tile, x: tile.y, y: tile.x })),
        };
  known.set(cluster, packing);
  return packing;
}

/** Mean side of a layer's tiles in cells. */
export function meanSide(scene: LayerScene): number {
  const sides = scene.clusters.flatMap((cluster) => cluster.tiles.map((tile) => tile.side));
  return sides.length === 0 ? 1 : sides.reduce((sum, side) => sum + side, 0) / sides.length;
}
