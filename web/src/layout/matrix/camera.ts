import type { MatrixLook } from "../../state/largeMatrix.ts";

/** How a large matrix lies under its window: size of a cell and corner of the first one, in screen pixels. */
export interface Camera {
  width: number;
  height: number;
  x: number;
  y: number;
}

export interface CellWindow {
  /** Room for cells, words left out. */
  width: number;
  height: number;
  rows: number;
  columns: number;
}

/** Cells no larger than this: beyond it nothing more can be read. */
const MOST = { width: 90, height: 30 } as const;

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));

/** The size of a cell when all are on the screen. */
function least(window: CellWindow): { width: number; height: number } {
  return {
    width: Math.min(MOST.width, window.width / Math.max(1, window.columns)),
    height: Math.min(MOST.height, window.height / Math.max(1, window.rows)),
  };
}

/** Everything on the screen, from its left upper corner. */
export const wholeMatrix = (window: CellWindow): Camera => ({ ...least(window), x: 0, y: 0 });

/** The nearest camera that leaves no empty room and no cell beyond reach. */
export function boundedCamera(camera: Camera, window: CellWindow): Camera {
  const low = least(window);
  const width = clamp(camera.width, low.width, MOST.width);
  const height = clamp(camera.height, low.height, MOST.height);
  return {
    width,
    height,
    x: clamp(camera.x, Math.min(0, window.width - width * window.columns), 0),
    y: clamp(camera.y, Math.min(0, window.height - height * window.rows), 0),
  };
}

/** Larger or smaller cells while the one under the pointer stays there; each side stops at its own end. */
export function zoomCells(camera: Camera, factor: number, at: { x: number; y: number }, window: CellWindow): Camera {
  const low = least(window);
  const width = clamp(camera.width * factor, low.width, MOST.width);
  const height = clamp(camera.height * factor, low.height, MOST.height);
  const x = at.x - ((at.x - camera.x) * width) / camera.width;
  const y = at.y - ((at.y - camera.y) * height) / camera.height;
  return boundedCamera({ width, height, x, y }, window);
}

/** The least move that brings a cell into the window. */
export function revealCell(camera: Camera, cell: { row: number; column: number }, window: CellWindow): Camera {
  const into = (corner: number, start: number, length: number, room: number): number =>
    start + corner < 0 ? 0 - start : start + length + corner > room ? room - start - length : corner;
  const column = Math.max(0, cell.column);
  const row = Math.max(0, cell.row);
  const x = into(camera.x, column * camera.width, camera.width, window.width);
  const y = into(camera.y, row * camera.height, camera.height, window.height);
  return boundedCamera({ ...camera, x, y }, window);
}

/** What of a matrix a camera shows, whatever the window; and the camera that shows it. */
export const lookOf = ({ width, height, x, y }: Camera): MatrixLook => ({
  column: -x / width,
  row: -y / height,
  width,
  height,
});
export const cameraFor = ({ column, row, width, height }: MatrixLook): Camera => ({
  width,
  height,
  x: -column * width,
  y: -row * height,
});

/** Whether columns are as wide as they get: to zoom in further is to ask what is in them. */
export const isWidest = (camera: Camera): boolean => camera.width >= MOST.width - 1e-6;

/** Whether everything is on the screen: to zoom out further is to ask for less. */
export const isWhole = (camera: Camera, window: CellWindow): boolean => camera.width <= least(window).width + 1e-6;

/** A column that becomes others, or others that become one, from a place on. */
export interface Replaced {
  at: number;
  /** Columns before, and after. */
  from: number;
  to: number;
}

/** The camera after columns were replaced: what is under the pointer stays there, as wide together as it was. */
export function cameraOn(camera: Camera, { at, from, to }: Replaced, x: number, window: CellWindow): Camera {
  const share = Math.max(0, Math.min(1, ((x - camera.x) / camera.width - at) / from));
  const width = clamp((camera.width * from) / to, least(window).width, MOST.width);
  return boundedCamera({ ...camera, width, x: x - (at + share * to) * width }, window);
}
