import type { Cell } from "../layout/matrix/frame.ts";

export interface BrushDragOptions {
  /** The cell under the pointer; null outside. */
  at: (event: PointerEvent) => Cell | null;
  /** Whether a press here begins a brush; what does not is left to whoever else listens. */
  begins: (event: PointerEvent, cell: Cell) => boolean;
  /** Called at every step; `add` when the pick is to join what was picked before. */
  onbrush: (from: Cell, to: Cell, add: boolean) => void;
}

/** Less movement than this is a click. */
const SLOP = 4;

/** Drag over cells to pick them, until the signal ends; a press without a drag stays a click. */
export function brushDrag(element: HTMLElement, options: BrushDragOptions, signal: AbortSignal): void {
  let start: { cell: Cell; x: number; y: number; add: boolean } | null = null;
  let dragged = false;
  let last = "";

  function down(event: PointerEvent): void {
    dragged = false;
    const cell = event.button === 0 ? options.at(event) : null;
    if (!cell || !options.begins(event, cell)) return;
    event.stopPropagation();
    start = { cell, x: event.clientX, y: event.clientY, add: event.ctrlKey || event.metaKey };
  }

  function move(event: PointerEvent): void {
    if (!start) return;
    if (!dragged && Math.hypot(event.clientX - start.x, event.clientY - start.y) < SLOP) return;
    if (!dragged) element.setPointerCapture(event.pointerId);
    dragged = true;
    event.stopPropagation();
    const cell = options.at(event);
    const key = JSON.stringify(cell);
    if (!cell || key === last) return;
    last = key;
    options.onbrush(start.cell, cell, start.add);
  }

  function up(): void {
    start = null;
    last = "";
  }

  function click(event: MouseEvent): void {
    if (!dragged) return;
    event.preventDefault();
    event.stopPropagation();
    dragged = false;
  }

  element.addEventListener("pointerdown", down, { signal });
  element.addEventListener("pointermove", move, { signal });
  for (const name of ["pointerup", "pointercancel"] as const) element.addEventListener(name, up, { signal });
  element.addEventListener("click", click, { capture: true, signal });
}
