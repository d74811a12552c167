import type { LayerScene } from "../api/types.ts";
import type { Selection } from "../state/viewState.ts";

/** What is selected as far as it is there: a link may name a cluster that its layer no longer has. */
export function soundSelection(selection: Selection | null, scene: LayerScene | null): Selection | null {
  if (!selection || selection.cluster === null || !scene) return selection;
  const known = scene.clusters.some((cluster) => cluster.id === selection.cluster);
  return known ? selection : { ...selection, cluster: null };
}
