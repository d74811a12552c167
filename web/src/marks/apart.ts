/**
 * Keep presses and wheel turns inside an element from the picture below it. Listens to the element itself: the
 * page's own handlers are called at its root, after the picture has taken the press.
 */
export function apart(element: HTMLElement): () => void {
  const stop = new AbortController();
  for (const name of ["pointerdown", "wheel"] as const)
    element.addEventListener(name, (event) => event.stopPropagation(), { signal: stop.signal });
  return () => stop.abort();
}
