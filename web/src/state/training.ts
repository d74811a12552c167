import type { Connection } from "../api/live.ts";
import type { CurvesKey, LayersKey } from "../api/training.ts";
import type { CurvesScene, Diagnosis, LayersScene, LiveState, StepScene, TrainingScene } from "../api/types.ts";
import type { Async } from "./async.ts";
import type { Shelf } from "./shelf.svelte.ts";

/** A recorded training: what a view may read of it. */
export interface Training {
  readonly scene: Async<TrainingScene>;
  readonly findings: Async<Diagnosis>;
  /** What the server said last. */
  readonly state: LiveState | null;
  readonly connection: Connection;
  /** Lines over steps, by `curvesKey`. */
  readonly curves: Shelf<CurvesScene>;
  /** Quantities of all layers over steps, by `layersKey`. */
  readonly layers: Shelf<LayersScene>;
  /** What was measured last up to a step, by the step. */
  readonly steps: Shelf<StepScene>;
  /** Steps of the snapshots up to that whose clusters are shown: what the picture can be moved to, ascending. */
  readonly shown: readonly number[];
  /** The snapshots that the page has gone through, the one that clusters are of last. */
  readonly basis: readonly number[];
  /** Step of a snapshot that is newer than all that is shown; null when there is none. */
  readonly newer: number | null;
  /** Show it. */
  takeNewer(): void;
}

export const curvesKey = ({ curves, window, buckets }: CurvesKey): string =>
  JSON.stringify({ curves, window, buckets });
export const layersKey = ({ rows, window, buckets }: LayersKey): string => JSON.stringify({ rows, window, buckets });

/** The snapshot that shows a step: the last one up to it, or the first one of all; null without any. */
export function snapshotOf(snapshots: readonly number[], step: number | null): number | null {
  if (step === null) return snapshots.at(-1) ?? null;
  return snapshots.findLast((one) => one <= step) ?? snapshots[0] ?? null;
}
