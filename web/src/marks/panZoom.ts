import { DRAWINGS } from "./drawQueue.ts";
import { type Movable, Moves, type Point } from "./moves.ts";

/** Less movement than this is a click. */
const SLOP = 4;

/** A wheel with notches turns in whole, vertical steps; a touchpad does not. */
function isNotched(event: WheelEvent): boolean {
  return event.deltaMode !== 0 || (event.deltaX === 0 && Math.abs(event.deltaY) >= 60 && event.deltaY % 1 === 0);
}

/** Listen to wheel, drag and pinch on an element until the signal ends. */
export function panZoom(element: HTMLElement, target: Movable, signal: AbortSignal): void {
  const moves = new Moves({
    onzoom: (factor, point) => go(() => target.onzoom(factor, point)),
    onpan: (dx, dy) => go(() => target.onpan(dx, dy)),
  });
  function go(move: () => void): void {
    if (signal.aborted) return;
    DRAWINGS.moved();
    move();
  }
  const pointers = new Map<number, Point>();
  let moved = 0;

  const at = (event: MouseEvent): Point => {
    const box = element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };

  function wheel(event: WheelEvent): void {
    event.preventDefault();
    if (event.ctrlKey || event.metaKey || (isNotched(event) && !event.shiftKey)) {
      const lines = event.deltaMode === 1 ? 18 : 1;
      const factor = Math.exp(-event.deltaY * lines * (event.ctrlKey && !isNotched(event) ? 0.01 : 0.0016));
      moves.zoom(factor, at(event));
    } else {
      const [dx, dy] = event.shiftKey ? [event.deltaY + event.deltaX, 0] : [event.deltaX, event.deltaY];
      moves.pan(-dx, -dy);
    }
  }

  function down(event: PointerEvent): void {
    if (event.button !== 0 && event.pointerType === "mouse") return;
    pointers.set(event.pointerId, at(event));
    if (pointers.size === 1) moved = 0;
  }

  function move(event: PointerEvent): void {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const now = at(event);
    moved += Math.abs(now.x - before.x) + Math.abs(now.y - before.y);
    if (moved < SLOP) return;
    // Only a real drag takes the pointer: a captured click would miss its button.
    if (!element.hasPointerCapture(event.pointerId)) element.setPointerCapture(event.pointerId);
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
    const [dx, dy] = [now.x - before.x, now.y - before.y];
    if (other) {
      const factor =
        Math.hypot(now.x - other.x, now.y - other.y) / Math.max(1, Math.hypot(before.x - other.x, before.y - other.y));
      moves.zoom(factor, { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
      moves.pan(dx / 2, dy / 2);
    } else {
      moves.pan(dx, dy);
    }
    pointers.set(event.pointerId, now);
    element.dataset.dragging = "true";
  }

  function up(event: PointerEvent): void {
    pointers.delete(event.pointerId);
    if (pointers.size === 0) delete element.dataset.dragging;
  }

  function click(event: MouseEvent): void {
    if (moved < SLOP) return;
    event.preventDefault();
    event.stopPropagation();
    moved = 0;
  }

  element.addEventListener("wheel", wheel, { passive: false, signal });
  element.addEventListener("pointerdown", down, { signal });
  element.addEventListener("pointermove", move, { signal });
  for (const name of ["pointerup", "pointercancel"] as const) element.addEventListener(name, up, { signal });
  element.addEventListener("click", click, { capture: true, signal });
}
