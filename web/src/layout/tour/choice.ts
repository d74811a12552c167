import type { ClusterScene, LayerScene, Scene } from "../../api/types.ts";
import type { Item } from "../connections/items.ts";
import { type Key, keyOf } from "../connections/keys.ts";
import { strongestFirst } from "../packing.ts";

/** A cluster of fewer says little of what a cluster is. */
const ENOUGH = 3;

/** Layer of the last column before the output in which a neuron fires: there clusters say most. Null without any. */
export function tourLayer(scene: Scene): string | null {
  const facts = new Map(scene.layers.map((layer) => [layer.id, layer]));
  const alive = (id: string): boolean => {
    const layer = facts.get(id);
    return layer !== undefined && layer.never_active < layer.neurons;
  };
  return scene.groups.filter((group) => !group.output && alive(group.layer)).at(-1)?.layer ?? null;
}

/** The class that a cluster answers to most, that of its title first, and by how much; null without classes. */
export function strongestClass(cluster: ClusterScene): { label: number; value: number } | null {
  const [named] = cluster.classes;
  const told = named === undefined ? null : (cluster.profile[named] ?? null);
  if (named !== undefined && told !== null) return { label: named, value: told };
  let best: { label: number; value: number } | null = null;
  cluster.profile.forEach((value, label) => {
    if (value !== null && (best === null || value > best.value)) best = { label, value };
  });
  return best;
}

/**
 * The cluster that is shown first: the one that answers most clearly to the class that its title names, of those with
 * three neurons or more where there are any; without classes the largest. Of equal ones the first.
 */
export function tourCluster(layer: LayerScene): ClusterScene | null {
  const alive = layer.clusters.filter(
    (cluster) => !cluster.never_active && cluster.sprites.some((sprite) => sprite !== null),
  );
  const large = alive.filter((cluster) => cluster.neurons.length >= ENOUGH);
  const choice = large.length > 0 ? large : alive;
  const named = choice.filter((cluster) => cluster.classes.length > 0);
  const [among, clear] =
    named.length > 0
      ? [named, (one: ClusterScene): number => one.profile[one.classes[0] ?? 0] ?? 0]
      : [choice, (one: ClusterScene): number => one.neurons.length];
  return among.reduce<ClusterScene | null>((best, one) => (best && clear(best) >= clear(one) ? best : one), null);
}

/** The neuron that a cluster is explained by: that of its largest square with a patch. */
export const tourNeuron = (cluster: ClusterScene): number | null =>
  strongestFirst(cluster).find((tile) => tile.sprite !== null)?.neuron ?? null;

/** The clusters of some layers that never fire. */
export const silentKeys = (layers: readonly LayerScene[]): Set<Key> =>
  new Set(
    layers.flatMap(({ layer, clusters }) =>
      clusters.filter((cluster) => cluster.never_active).map((cluster) => keyOf(layer, cluster.id)),
    ),
  );

const RANK: Record<Item["kind"], number> = { bundle: 0, curve: 1, trunk: 2 };

/**
 * The connection that is shown first: the strongest bicluster; without any the strongest curve, then trunk. One of neurons
 * that never fire only where there is no other.
 */
export function tourItem(items: readonly Item[], silent: ReadonlySet<Key>): Item | null {
  const dead = ({ sources, targets }: Item): number =>
    Number([...sources, ...targets].some((end) => silent.has(end.key)));
  const [first] = [...items].sort(
    (a, b) => dead(a) - dead(b) || RANK[a.kind] - RANK[b.kind] || b.share - a.share || (a.id < b.id ? -1 : 1),
  );
  return first ?? null;
}
