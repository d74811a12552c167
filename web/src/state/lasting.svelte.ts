import { type Async, readyOf } from "./async.ts";

/**
 * A value that stays until the next has come, so that nothing flickers; null while nothing is asked for, when it cannot be
 * had, and when what came last is about something else. Call while a component is set up.
 *
 * @param asked What is on its way or here; null: nothing is asked for.
 * @param about What it is about.
 */
export function lasting<T>(asked: () => Async<T> | null, about: () => unknown): { readonly value: T | null } {
  let last = $state.raw<{ about: unknown; value: T } | null>(null);
  $effect.pre(() => {
    const item = asked();
    if (item?.status === "ready") last = { about: about(), value: item.value };
  });
  const value = $derived.by((): T | null => {
    const item = asked();
    if (item === null || item.status === "error") return null;
    return readyOf(item) ?? (last !== null && last.about === about() ? last.value : null);
  });
  return {
    get value() {
      return value;
    },
  };
}
