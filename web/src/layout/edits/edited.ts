import type { ClusterScene, LayerClusters, LayerScene } from "../../api/types.ts";
import type { Edit } from "../../state/editing.ts";
import type { Selection } from "../../state/viewState.ts";

type State = LayerClusters | null;

/** What a name or a note is about: a cluster, a neuron, or the layer. */
export interface Subject {
  layer: string;
  cluster: string | null;
  neuron: number | null;
}

const found = (state: State, cluster: string) => state?.clusters.find((one) => one.id === cluster);

export const isLocked = (state: State, cluster: string): boolean => found(state, cluster)?.locked ?? false;

/** The name that the user gave a cluster; empty without one. */
export const clusterName = (state: State, cluster: string): string => found(state, cluster)?.name ?? "";

/** What is written about a cluster; empty without a note. */
export const clusterNote = (state: State, cluster: string): string => found(state, cluster)?.note ?? "";

export const neuronNote = (state: State, neuron: number): string =>
  state?.notes?.find((one) => one.neuron === neuron)?.text ?? "";

/** What is written about something; empty without a note. */
export function noteOn(state: State, { cluster, neuron }: Subject): string {
  if (neuron !== null) return neuronNote(state, neuron);
  return cluster === null ? (state?.note ?? "") : clusterNote(state, cluster);
}

/** The edit that writes something about it. */
export const noteEdit = ({ layer, cluster, neuron }: Subject, text: string): Edit =>
  neuron === null ? { type: "note", layer, cluster, text } : { type: "note", layer, neuron, text };

/** All that is written about a cluster and its neurons, one line each. */
export function notesIn(state: State, { id, neurons }: Pick<ClusterScene, "id" | "neurons">): string[] {
  const own = clusterNote(state, id);
  const inside = new Set(neurons);
  const single = (state?.notes ?? []).filter(({ neuron }) => inside.has(neuron));
  return [...(own ? [own] : []), ...single.map(({ neuron, text }) => `Neuron ${neuron}: ${text}`)];
}

/** Which cluster each neuron of a layer is in. */
export const holdersOf = (scene: LayerScene): Map<number, string> =>
  new Map(scene.clusters.flatMap((cluster) => cluster.neurons.map((neuron) => [neuron, cluster.id] as const)));

/** The clusters that some neurons are in, and whether they are one of these as a whole. */
export function originOf(
  holders: ReadonlyMap<number, string>,
  neurons: readonly number[],
): { from: string[]; whole: boolean } {
  const from = [...new Set(neurons.map((neuron) => holders.get(neuron) ?? ""))];
  const inside = [...holders.values()].filter((one) => one === from[0]).length;
  return { from, whole: from.length === 1 && inside === neurons.length };
}

/** The cluster that a selection means now: where its neuron is, after edits too, else the one it names. */
export function selectedCluster(selection: Selection, scene: Pick<LayerScene, "clusters">): string | null {
  const { cluster, neuron } = selection;
  // A layer or a class may be selected by a neuron without a cluster: then no card is meant.
  if (cluster === null || neuron === null) return cluster;
  return scene.clusters.find((one) => one.neurons.includes(neuron))?.id ?? cluster;
}
