import type { LayerScene } from "../api/types.ts";

/** A cluster that a class excites more than other classes do. */
export interface Answer {
  layer: string;
  cluster: string;
  title: string;
  /** Mean over the cluster, in standard deviations from each neuron's own mean. */
  value: number;
}

/** The clusters of a layer that answer most to a class, the strongest first; none below their usual activity. */
export function answersTo(scene: LayerScene, label: number, most: number): Answer[] {
  return scene.clusters
    .map((cluster) => ({
      layer: scene.layer,
      cluster: cluster.id,
      title: cluster.title,
      value: cluster.profile[label] ?? 0,
    }))
    .filter((answer) => answer.value > 0)
    .sort((a, b) => b.value - a.value)
    .slice(0, most);
}

/** What one neuron contributes to a class. */
export interface Voice {
  neuron: number;
  cluster: string;
  value: number;
}

/**
 * The neurons that speak loudest for a class and against it. `values` holds one row per neuron, one column per class;
 * a class without images has NaN there and no voices.
 */
export function voicesOn(
  scene: LayerScene,
  { values, classes }: { values: Float32Array; classes: number },
  label: number,
  most: number,
): { pro: Voice[]; contra: Voice[] } {
  const voices = scene.clusters.flatMap((cluster) =>
    cluster.neurons.map((neuron) => ({
      neuron,
      cluster: cluster.id,
      value: values[neuron * classes + label] ?? Number.NaN,
    })),
  );
  const loud = (sign: 1 | -1): Voice[] =>
    voices
      .filter((voice) => sign * voice.value > 0)
      // The channel number breaks ties: same values, same list.
      .sort((a, b) => sign * (b.value - a.value) || a.neuron - b.neuron)
      .slice(0, most);
  return { pro: loud(1), contra: loud(-1) };
}
