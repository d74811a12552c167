import { untrack } from "svelte";

/**
 * A value that is worked out often and is seldom another: only then what depends on it is looked at, which for hundreds of
 * cards takes milliseconds even when nothing comes of it. Call while a component is set up.
 */
export function steady<T>(read: () => T): () => T {
  const now = $derived(read());
  let heard = $state.raw(untrack(() => now));
  $effect.pre(() => {
    heard = now;
  });
  return () => {
    void heard;
    return untrack(() => now);
  };
}
