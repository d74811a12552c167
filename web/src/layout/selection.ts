import type { LayerScene } from "../api/types.ts";
import type { Selection } from "../state/viewState.ts";
import { selectedCluster } from "./edits/edited.ts";

/** What is selected as it is now: a link may name a cluster that its layer no longer has, or that a neuron has left. */
export function soundSelection(selection: Selection | null, scene: LayerScene | null): Selection | null {
  if (!selection || selection.cluster === null || !scene) return selection;
  const cluster = selectedCluster(selection, scene);
  const known = scene.clusters.some((one) => one.id === cluster);
  if (known && cluster === selection.cluster) return selection;
  return { ...selection, cluster: known ? cluster : null };
}
