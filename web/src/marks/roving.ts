const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1 };

/**
 * One stop for Tab in an element full of buttons: the arrows go from one to the next, and Tab comes back to the last.
 *
 * An attachment: it ends with the element.
 */
export function roving(element: HTMLElement): () => void {
  const stop = new AbortController();
  const buttons = (): HTMLButtonElement[] => [...element.querySelectorAll("button")];

  function settle(current: Element | null): void {
    const all = buttons();
    const kept = all.find((button) => button === current) ?? all.find((button) => button.tabIndex === 0) ?? all[0];
    for (const button of all) button.tabIndex = button === kept ? 0 : -1;
  }

  function key(event: KeyboardEvent): void {
    const step = event.ctrlKey || event.metaKey || event.altKey ? undefined : STEPS[event.key];
    if (step === undefined) return;
    const all = buttons();
    const at = all.indexOf(document.activeElement as HTMLButtonElement);
    const next = at < 0 ? undefined : all[at + step];
    event.preventDefault();
    event.stopPropagation();
    next?.focus();
  }

  element.addEventListener("focusin", (event) => settle(event.target as Element), { signal: stop.signal });
  element.addEventListener("keydown", key, { signal: stop.signal });
  const watch = new MutationObserver(() => settle(null));
  watch.observe(element, { childList: true, subtree: true });
  settle(null);
  return () => {
    stop.abort();
    watch.disconnect();
  };
}
