import type { LayerScene, MatrixFacts } from "../api/types.ts";
import type { Facet, Importance, Normalisation, ViewState } from "../state/viewState.ts";
import { facetOf, matrixOf } from "./facets.ts";
import { layerRange, type Range } from "./matrix/scale.ts";

/** What the size of a tile stands for, in words. */
export const IMPORTANCE_WORDS: Readonly<Record<Importance, { name: string; text: string }>> = {
  activation: { name: "strongest answers", text: "mean of its strongest activations" },
  contribution: { name: "contribution", text: "mean size of its contribution to the classes" },
  uniform: { name: "all the same", text: "nothing: all are the same" },
};

export const NORMALISATION_WORDS: Readonly<Record<Normalisation, string>> = {
  row: "each neuron's own range",
  layer: "one range per layer",
};

/** What the colours of a matrix stand for. */
export interface ColourWords {
  kind: "amount" | "signed";
  range: Range | null;
  /** Whether there are values beyond the ends of the range. */
  beyond: boolean;
  unit: string;
}

export function colourWords(facts: MatrixFacts, normalisation: Normalisation): ColourWords {
  const kind = facts.facet === "contributions" ? "signed" : "amount";
  const range = normalisation === "row" ? null : layerRange(facts);
  const most = Math.max(Math.abs(facts.minimum ?? 0), Math.abs(facts.maximum ?? 0));
  return { kind, range, beyond: range !== null && most > range.high * 1.001, unit: `${facts.unit}, ${facts.images}` };
}

/** The facets that are on the screen, and for each matrix the layer whose numbers stand for it. */
export function facetsShown(scenes: readonly LayerScene[], user: ViewState): Map<Facet, LayerScene | null> {
  const out = new Map<Facet, LayerScene | null>();
  const first = user.selection?.layer;
  // The selected layer speaks for all; else the deepest, where classes are told apart.
  const ordered = [...scenes].reverse().sort((a, b) => Number(b.layer === first) - Number(a.layer === first));
  for (const scene of ordered) {
    for (const cluster of scene.clusters) {
      const wanted = facetOf(user, { layer: scene.layer, cluster: cluster.id });
      const facet = wanted !== "features" && matrixOf(scene, wanted) ? wanted : "features";
      if (!out.has(facet)) out.set(facet, facet === "features" ? null : scene);
    }
  }
  return out;
}

/** Sizes that can be chosen: by contribution only where a cluster was packed by it. */
export function importancesOf(scenes: readonly LayerScene[]): Importance[] {
  const has = (kind: Importance): boolean =>
    scenes.some((scene) => scene.clusters.some((cluster) => cluster.packings.some((one) => one.importance === kind)));
  return (["activation", "contribution", "uniform"] as const).filter((kind) => kind === "activation" || has(kind));
}
