import type { CheckJob, LayerScene } from "../../api/types.ts";

const IMAGES = 200;

/** What to check: every cluster of the shown columns is removed once, and its effect on all later ones measured. */
export function checkJob(columns: readonly string[], layer: (id: string) => LayerScene | null): CheckJob | null {
  const scenes = columns.map(layer);
  if (scenes.some((scene) => scene === null)) return null;
  const clusters = scenes.map((scene) =>
    (scene?.clusters ?? [])
      .filter((cluster) => !cluster.never_active)
      .map((cluster) => ({ unit: scene?.layer ?? "", neurons: [...cluster.neurons] })),
  );
  return {
    type: "check",
    columns: [...columns],
    sources: clusters.slice(0, -1).flat(),
    targets: clusters.slice(1).flat(),
    images: IMAGES,
    fill: "zero",
  };
}
