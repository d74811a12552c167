export interface DragOptions<T> {
  /** What a press here would pick up; null leaves the press to whoever else listens. */
  grab: (event: PointerEvent) => T | null;
  /** Called at every step of a drag, the first included. */
  onmove: (what: T, at: { x: number; y: number }) => void;
  ondrop: (what: T, at: { x: number; y: number }) => void;
  /** The drag came to nothing: Escape, or the browser took the pointer away. */
  oncancel: () => void;
}

/** Less movement than this is a click. */
const SLOP = 5;

/** Pick something up by a press and carry it, until the signal ends; a press without a drag stays a click. */
export function dragNeurons<T>(element: HTMLElement, options: DragOptions<T>, signal: AbortSignal): void {
  let held: { what: T; x: number; y: number; pointer: number } | null = null;
  let dragged = false;

  const place = (event: PointerEvent): { x: number; y: number } => ({ x: event.clientX, y: event.clientY });

  function down(event: PointerEvent): void {
    dragged = false;
    const plain = event.button === 0 && !event.shiftKey && !event.ctrlKey && !event.metaKey && !event.altKey;
    const what = plain ? options.grab(event) : null;
    if (what === null) return;
    // The picture must not take this drag as its own.
    event.stopPropagation();
    held = { what, ...place(event), pointer: event.pointerId };
  }

  function move(event: PointerEvent): void {
    if (!held || event.pointerId !== held.pointer) return;
    if (!dragged && Math.hypot(event.clientX - held.x, event.clientY - held.y) < SLOP) return;
    // Only a real drag takes the pointer: a captured click would miss its button.
    if (!dragged) element.setPointerCapture(event.pointerId);
    dragged = true;
    event.stopPropagation();
    options.onmove(held.what, place(event));
  }

  function up(event: PointerEvent): void {
    if (!held || event.pointerId !== held.pointer) return;
    const { what } = held;
    held = null;
    if (dragged) options.ondrop(what, place(event));
  }

  function cancel(): void {
    if (held && dragged) options.oncancel();
    held = null;
  }

  function key(event: KeyboardEvent): void {
    if (event.key !== "Escape" || !held || !dragged) return;
    event.preventDefault();
    event.stopPropagation();
    cancel();
  }

  function click(event: MouseEvent): void {
    if (!dragged) return;
    event.preventDefault();
    event.stopPropagation();
    dragged = false;
  }

  element.addEventListener("pointerdown", down, { signal });
  element.addEventListener("pointermove", move, { signal });
  element.addEventListener("pointerup", up, { signal });
  element.addEventListener("pointercancel", cancel, { signal });
  element.addEventListener("click", click, { capture: true, signal });
  window.addEventListener("keydown", key, { capture: true, signal });
  signal.addEventListener("abort", cancel, { once: true });
}
