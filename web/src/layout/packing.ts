import type { ClusterScene, LayerScene, PackingScene } from "../api/types.ts";
import type { Importance } from "../state/viewState.ts";

/** One neuron's square, in cells of its cluster's packing, and its best patch in the layer's sprite atlas. */
export interface Tile {
  neuron: number;
  x: number;
  y: number;
  side: number;
  /** Null when it never fires. */
  sprite: readonly [number, number, number, number] | null;
}

/** A cluster's tiles in cells, lying on its longer side: cards are wider than high. */
export interface Packing {
  width: number;
  height: number;
  /** Cells of the smallest tile's side. */
  smallest: number;
  tiles: readonly Tile[];
}

const known = new WeakMap<PackingScene, Packing>();

/** The packing by the importance asked for; the first where the cluster has none of that kind. */
function chosen(cluster: ClusterScene, importance: Importance): PackingScene | null {
  return cluster.packings.find((one) => one.importance === importance) ?? cluster.packings[0] ?? null;
}

/** The packing as it came, or mirrored at its diagonal where it is higher than wide; squares stay squares. */
export function landscape(cluster: ClusterScene, importance: Importance): Packing {
  const scene = chosen(cluster, importance);
  if (scene === null) return { width: 1, height: 1, smallest: 1, tiles: [] };
  const before = known.get(scene);
  if (before) return before;
  const lies = scene.height <= scene.width;
  const tiles = cluster.neurons.map((neuron, index): Tile => {
    const [x, y] = [scene.x[index] ?? 0, scene.y[index] ?? 0];
    return {
      neuron,
      x: lies ? x : y,
      y: lies ? y : x,
      side: scene.side[index] ?? 1,
      sprite: cluster.sprites[index] ?? null,
    };
  });
  const [width, height] = lies ? [scene.width, scene.height] : [scene.height, scene.width];
  const packing = { width, height, smallest: scene.smallest, tiles };
  known.set(scene, packing);
  return packing;
}

/** Mean side of a layer's tiles in cells of the smallest tile: clusters may have grids of differing fineness. */
export function meanSide(scene: LayerScene, importance: Importance): number {
  const sides = scene.clusters.flatMap((cluster) => {
    const { smallest, tiles } = landscape(cluster, importance);
    return tiles.map((tile) => tile.side / smallest);
  });
  return sides.length === 0 ? 1 : sides.reduce((sum, side) => sum + side, 0) / sides.length;
}

/** A cluster's neurons as tiles of one size, strongest first: for lists. */
export function strongestFirst(cluster: ClusterScene): Tile[] {
  return [...landscape(cluster, "activation").tiles].sort((a, b) => b.side - a.side || a.neuron - b.neuron);
}
