import type { ClusterScene, LayerScene, MatrixFacts } from "../api/types.ts";
import type { Facet, ViewState } from "../state/viewState.ts";

/** How one cluster is drawn: as the rest, unless the user chose otherwise for it. */
export const facetOf = (user: Pick<ViewState, "facet" | "facets">, cluster: string): Facet =>
  user.facets[cluster] ?? user.facet;

/** Choose a facet for one cluster; what all have anyway needs no note. */
export function withFacet(
  user: Pick<ViewState, "facet" | "facets">,
  cluster: string,
  facet: Facet,
): Record<string, Facet> {
  const { [cluster]: _, ...rest } = user.facets;
  return facet === user.facet ? rest : { ...rest, [cluster]: facet };
}

/** The matrix that a facet shows; null for learned features and where the run has none. */
export const matrixOf = (scene: LayerScene, facet: Facet): MatrixFacts | null =>
  scene.matrices.find((one) => one.facet === facet) ?? null;

/** The rows of a whole layer, cluster after cluster, and where each cluster begins. */
export interface Bands {
  rows: number[];
  bands: { cluster: ClusterScene; start: number; stop: number }[];
}

export function bandsOf(scene: LayerScene): Bands {
  const rows: number[] = [];
  const bands = scene.clusters.map((cluster) => {
    const start = rows.length;
    rows.push(...cluster.neurons);
    return { cluster, start, stop: rows.length };
  });
  return { rows, bands };
}

export const FACET_NAMES: Readonly<Record<Facet, string>> = {
  features: "learned features",
  activations: "activations",
  contributions: "contributions",
};
