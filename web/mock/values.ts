import type { ClassGroupFacts, LayerScene, MatrixFacts } from "../src/api/types.ts";
import type { PlanUnit } from "./network.ts";
import { hash, normal, seeded } from "./random.ts";
import type { World } from "./world.ts";

export type MatrixFacet = MatrixFacts["facet"];

/** Invented values of a layer, neurons × classes: every neuron like its cluster, more or less. */
export function values(world: World, unit: PlanUnit, scene: LayerScene, facet: MatrixFacet): Float32Array {
  const count = world.classes.length;
  const out = new Float32Array(unit.neurons * count);
  for (const cluster of scene.clusters) {
    for (const neuron of cluster.neurons) {
      const random = seeded(hash(`${unit.id}:${neuron}:${facet}`));
      const strength = 0.3 + random() * 1.4;
      const level = facet === "activations" ? 0.45 : 0;
      for (let c = 0; c < count; c++) {
        const raw = level + (cluster.profile[c] ?? 0) * 0.35 * strength + normal(random) * 0.09;
        const value = facet === "activations" ? Math.max(0, raw * strength) : raw * strength * 0.2;
        out[neuron * count + c] = world.empty.has(c) ? Number.NaN : cluster.never_active ? 0 : value;
      }
    }
  }
  return out;
}

export function matrixFacts(unit: PlanUnit, facet: MatrixFacet): MatrixFacts {
  return {
    facet,
    address: `matrix?layer=${encodeURIComponent(unit.id)}&facet=${facet}`,
    minimum: facet === "activations" ? 0 : -0.31,
    maximum: facet === "activations" ? 2.4 : 0.44,
    lowest: new Array<number>(unit.neurons).fill(facet === "activations" ? 0 : -0.31),
    highest: new Array<number>(unit.neurons).fill(facet === "activations" ? 2.4 : 0.44),
    limit: facet === "activations" ? 1.9 : 0.28,
    unit: facet === "activations" ? "mean activation" : "contribution to the class score",
    images: facet === "activations" ? "on 5,000 images" : "on 2,000 probe images",
  };
}

/** Groups of fifty neighbours, each of two halves; none for few classes. */
export function classGroups(classes: readonly string[]): ClassGroupFacts[] {
  if (classes.length <= 40) return [];
  const run = (start: number, stop: number, parts: ClassGroupFacts[]): ClassGroupFacts => {
    const rest = stop - start - 2;
    const title = `${classes[start]}, ${classes[start + 1]}${rest > 0 ? ` and ${rest} more` : ""}`;
    return { start, stop, title, parts };
  };
  const out: ClassGroupFacts[] = [];
  for (let start = 0; start < classes.length; start += 50) {
    const stop = Math.min(classes.length, start + 50);
    const middle = Math.min(stop, start + 25);
    out.push(run(start, stop, stop > middle ? [run(start, middle, []), run(middle, stop, [])] : []));
  }
  return out;
}
