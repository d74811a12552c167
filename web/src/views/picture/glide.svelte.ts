import { onDestroy, untrack } from "svelte";
import { between, onlyMoved, sameColumns } from "../../layout/glide.ts";
import type { Stage } from "../../layout/stage.ts";
import { eased, still } from "../../marks/motion.ts";

export const GLIDE = 320;

/**
 * The picture as it is shown: when the order of cards changes, or the user changed clusters, the cards glide to their
 * new places. `clusters` is another value whenever the clusters in the columns are others.
 */
export function glide(target: () => Stage, clusters: () => string): () => Stage {
  let shown = $state.raw<Stage | null>(null);
  let last: { stage: Stage; clusters: string } | null = null;
  let frame = 0;

  function run(from: Stage, to: Stage, start: number): void {
    const share = Math.min(1, (performance.now() - start) / GLIDE);
    shown = share < 1 ? between(from, to, eased(share)) : null;
    if (share < 1) frame = requestAnimationFrame(() => run(from, to, start));
  }

  $effect.pre(() => {
    const now = { stage: target(), clusters: clusters() };
    if (now.stage === last?.stage) return;
    cancelAnimationFrame(frame);
    const before = last;
    last = now;
    const edited = before !== null && before.clusters !== now.clusters && sameColumns(before.stage, now.stage);
    if (before && (edited || onlyMoved(before.stage, now.stage)) && !still())
      run(untrack(() => shown) ?? before.stage, now.stage, performance.now());
    else shown = null;
  });
  onDestroy(() => cancelAnimationFrame(frame));
  return () => shown ?? target();
}
