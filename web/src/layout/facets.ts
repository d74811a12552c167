import type { ClusterScene, LayerScene, MatrixFacts } from "../api/types.ts";
import { clusterKey, type Facet, type ViewState } from "../state/viewState.ts";

/** A cluster of a layer. */
export interface ClusterPlace {
  layer: string;
  cluster: string;
}

type Chosen = Pick<ViewState, "facet" | "facets">;

/** How one cluster is drawn: as the rest, unless the user chose otherwise for it. */
export const facetOf = (user: Chosen, { layer, cluster }: ClusterPlace): Facet =>
  user.facets[clusterKey(layer, cluster)] ?? user.facets[cluster] ?? user.facet;

/** Choose a facet for one cluster; what it has anyway needs no note. */
export function withFacet(user: Chosen, place: ClusterPlace, facet: Facet): Record<string, Facet> {
  const key = clusterKey(place.layer, place.cluster);
  const { [key]: _, ...facets } = user.facets;
  return facetOf({ ...user, facets }, place) === facet ? facets : { ...facets, [key]: facet };
}

/** Whether a cluster's matrix has its own class order. */
export const isOrdered = ({ ordered }: Pick<ViewState, "ordered">, { layer, cluster }: ClusterPlace): boolean =>
  ordered.includes(clusterKey(layer, cluster)) || ordered.includes(cluster);

/** Give a cluster its own class order, or take it away. */
export function withOrder(user: Pick<ViewState, "ordered">, place: ClusterPlace): string[] {
  const key = clusterKey(place.layer, place.cluster);
  const others = user.ordered.filter((one) => one !== key && one !== place.cluster);
  return isOrdered(user, place) ? others : [...others, key];
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
