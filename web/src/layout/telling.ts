import type { ClassFacts, LayerScene, TellingFact } from "../api/types.ts";
import { imagesOf } from "../state/imageChoice.ts";
import { lookAtImages, type ViewState } from "../state/viewState.ts";
import { mistakePair } from "./contrast.ts";

interface Known {
  classes: readonly ClassFacts[];
  /** A layer's clusters; null while they are not loaded. */
  clusters: (layer: string) => LayerScene | null;
}

/**
 * What a click on a fact shows: its layer, neuron or class, and of a mistake the comparison of its images with the others.
 * Where a network has no layer with a neuron per class, the images that the fact is about.
 */
export function factView(user: ViewState, fact: TellingFact, { classes, clusters }: Known): Partial<ViewState> {
  const { layer, label, answer, neuron } = fact;
  if (layer === null) return lookAtImages(user, imagesOf({ label, answered: answer, wrong: label === null }));
  const home = neuron === null ? null : clusters(layer)?.clusters.find((one) => one.neurons.includes(neuron));
  return {
    selection: { layer, cluster: home?.id ?? null, neuron: neuron ?? label },
    pair: mistakePair(classes, fact),
  };
}
