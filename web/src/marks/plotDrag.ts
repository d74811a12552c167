export interface PlotHandlers {
  /** Under the pointer, as a share of the width; null when it has left. */
  onhover: (share: number | null) => void;
  /** While dragging, where it began. */
  ondrag: (from: number | null) => void;
  onclick: (share: number) => void;
  onzoom: (from: number, to: number) => void;
}

/** Pixels below which a press is a click, not a drag. */
const STILL = 4;

/** Reading a plot by pointing, choosing a step by a click, zooming by a drag. */
export function plotDrag(element: HTMLElement, handlers: PlotHandlers, signal: AbortSignal): void {
  let begun: { x: number; share: number } | null = null;
  const shareOf = (event: PointerEvent): number => {
    const box = element.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - box.left) / Math.max(1, box.width)));
  };
  const moved = (event: PointerEvent): boolean => begun !== null && Math.abs(event.clientX - begun.x) >= STILL;
  const end = (): void => {
    begun = null;
    handlers.ondrag(null);
  };
  element.addEventListener(
    "pointerdown",
    (event) => {
      if (event.button !== 0) return;
      begun = { x: event.clientX, share: shareOf(event) };
      element.setPointerCapture(event.pointerId);
    },
    { signal },
  );
  element.addEventListener(
    "pointermove",
    (event) => {
      handlers.onhover(shareOf(event));
      if (begun && moved(event)) handlers.ondrag(begun.share);
    },
    { signal },
  );
  element.addEventListener(
    "pointerup",
    (event) => {
      if (!begun) return;
      const share = shareOf(event);
      if (moved(event)) handlers.onzoom(Math.min(begun.share, share), Math.max(begun.share, share));
      else handlers.onclick(share);
      end();
    },
    { signal },
  );
  element.addEventListener("pointercancel", end, { signal });
  element.addEventListener("pointerleave", () => handlers.onhover(null), { signal });
}
