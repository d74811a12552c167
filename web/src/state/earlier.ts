import type { LayerScene } from "../api/types.ts";

const known = new WeakMap<LayerScene, LayerScene>();

/** Say that a layer was drawn before, with other clusters or at another step: what is alike should stay where it is. */
export function comesAfter(scene: LayerScene, before: LayerScene): void {
  known.set(scene, before);
  // One step back is enough, and more would never be forgotten.
  known.delete(before);
}

/** The layer as it was drawn before a change; null when it was not. */
export const drawnBefore = (scene: LayerScene): LayerScene | null => known.get(scene) ?? null;
