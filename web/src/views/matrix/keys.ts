import type { Cell } from "../../layout/matrix/frame.ts";

/** What a key asks of a matrix. */
export type CellCommand =
  | { to: Cell }
  | { zoom: number }
  | { fit: true }
  | { pick: true }
  | { act: true }
  | { up: true };

const STEPS: Record<string, [number, number]> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  PageUp: [-10, 0],
  PageDown: [10, 0],
  Home: [0, -1e9],
  End: [0, 1e9],
};

const OTHERS: Record<string, CellCommand> = {
  "+": { zoom: 1.25 },
  "=": { zoom: 1.25 },
  "-": { zoom: 0.8 },
  "0": { fit: true },
  " ": { pick: true },
  Enter: { act: true },
  Escape: { up: true },
};

/** The command of a key press; row -1 stands for the words above the columns, column -1 for those beside the rows. */
export function cellKey(
  event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">,
  from: Cell | null,
  shape: { rows: number; columns: number },
): CellCommand | null {
  if (event.ctrlKey || event.metaKey || event.altKey) return null;
  const step = STEPS[event.key];
  if (!step) return OTHERS[event.key] ?? null;
  if (!from) return { to: { row: 0, column: 0 } };
  const within = (value: number, count: number): number => Math.max(-1, Math.min(count - 1, value));
  // Home and End go to the first and last cell, not to the words.
  const column = Math.max(event.key === "Home" ? 0 : -1, within(from.column + step[1], shape.columns));
  const row = within(from.row + step[0], shape.rows);
  return { to: row < 0 && column < 0 ? from : { row, column } };
}
