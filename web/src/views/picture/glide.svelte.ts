import { onDestroy } from "svelte";
import { between, onlyMoved } from "../../layout/glide.ts";
import type { Stage } from "../../layout/stage.ts";

const DURATION = 320;

const still = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;
const eased = (share: number): number => 1 - (1 - share) ** 3;

/** The picture as it is shown: when only the order of cards changes, they glide to their new places. */
export function glide(target: () => Stage): () => Stage {
  let shown = $state.raw<Stage | null>(null);
  let last: Stage | null = null;
  let frame = 0;

  function run(from: Stage, to: Stage, start: number): void {
    const share = Math.min(1, (performance.now() - start) / DURATION);
    shown = share < 1 ? between(from, to, eased(share)) : null;
    if (share < 1) frame = requestAnimationFrame(() => run(from, to, start));
  }

  $effect.pre(() => {
    const now = target();
    if (now === last) return;
    cancelAnimationFrame(frame);
    const from = last;
    last = now;
    if (from && onlyMoved(from, now) && !still()) run(from, now, performance.now());
    else shown = null;
  });
  onDestroy(() => cancelAnimationFrame(frame));
  return () => shown ?? target();
}
