import type { ClusterScene, LayerScene, PackingScene } from "../api/types.ts";
import type { Importance } from "../state/viewState.ts";

/** One neuron's square, in cells of its cluster's packing, and its best patch in the layer's sprite atlas. */
export interface Tile {
  neuron: number;
  x: number;
  y: number;
  side: number;
  /** Branch of the cluster's hierarchy that it belongs to, counted in the hierarchy's order. */
  region: number;
  /** Null when it never fires. */
  sprite: readonly [number, number, number, number] | null;
}

/** A cluster's tiles in cells, as they were packed. */
export interface Packing {
  width: number;
  height: number;
  /** Cells of the smallest side that a tile can have. */
  smallest: number;
  tiles: readonly Tile[];
}

const known = new WeakMap<PackingScene, Packing>();
const NOTHING: Packing = { width: 1, height: 1, smallest: 1, tiles: [] };

/** The packing by the importance asked for; the first where the cluster has none of that kind. */
export function packingOf(cluster: ClusterScene, importance: Importance): Packing {
  const scene = cluster.packings.find((one) => one.importance === importance) ?? cluster.packings[0];
  if (!scene) return NOTHING;
  const before = known.get(scene);
  if (before) return before;
  const tiles = cluster.neurons.map(
    (neuron, index): Tile => ({
      neuron,
      x: scene.x[index] ?? 0,
      y: scene.y[index] ?? 0,
      side: scene.side[index] ?? 1,
      region: scene.region?.[index] ?? 0,
      sprite: cluster.sprites[index] ?? null,
    }),
  );
  const packing = { width: scene.width, height: scene.height, smallest: scene.smallest, tiles };
  known.set(scene, packing);
  return packing;
}

/** Mean side of a layer's tiles in cells, which are the same in all its clusters. */
export function meanSide(scene: LayerScene, importance: Importance): number {
  const sides = scene.clusters.flatMap((cluster) => packingOf(cluster, importance).tiles.map((tile) => tile.side));
  return sides.length === 0 ? 1 : sides.reduce((sum, side) => sum + side, 0) / sides.length;
}

/** A cluster's neurons as tiles of one size, strongest first: for lists. */
export function strongestFirst(cluster: ClusterScene): Tile[] {
  return [...packingOf(cluster, "activation").tiles].sort((a, b) => b.side - a.side || a.neuron - b.neuron);
}
