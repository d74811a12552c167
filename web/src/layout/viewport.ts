import type { Size } from "../state/context.ts";
import type { Zoom } from "../state/viewState.ts";

/** The picture's place on the screen: `screen = world * k + (x, y)`. */
export interface Viewport {
  k: number;
  x: number;
  y: number;
}

/** A rectangle, by its edges. */
export interface Part {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export interface Extent {
  width: number;
  height: number;
}

export const LEAST_ZOOM = 0.04;
export const MOST_ZOOM = 12;
/** Below this a picture that shows everything cannot be read: it begins at its left end instead. */
export const READABLE = 0.92;

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));

/** The whole picture in the middle of the screen, never enlarged. */
export function wholeView(extent: Extent, size: Size): Viewport {
  const k = clamp(Math.min(size.width / extent.width, size.height / extent.height), LEAST_ZOOM, 1);
  return {
    k,
    x: Math.max(0, (size.width - extent.width * k) / 2),
    y: Math.max(0, (size.height - extent.height * k) / 2),
  };
}

/** The first view: everything when that can be read, else the left end in full size. */
export function firstView(extent: Extent, size: Size): Viewport {
  const whole = wholeView(extent, size);
  if (whole.k >= READABLE) return whole;
  return { k: 1, x: 0, y: Math.max(0, (size.height - extent.height) / 2) };
}

/** Zoom by a factor while the point under the pointer stays where it is. */
export function zoomAt(view: Viewport, factor: number, at: { x: number; y: number }): Viewport {
  const k = clamp(view.k * factor, LEAST_ZOOM, MOST_ZOOM);
  const scale = k / view.k;
  return { k, x: at.x - (at.x - view.x) * scale, y: at.y - (at.y - view.y) * scale };
}

/** Keep at least a third of the screen covered, so that the picture cannot be lost. */
export function bounded(view: Viewport, extent: Extent, size: Size): Viewport {
  const [w, h] = [extent.width * view.k, extent.height * view.k];
  const keepX = Math.min(w, size.width / 3);
  const keepY = Math.min(h, size.height / 3);
  return {
    k: view.k,
    x: clamp(view.x, keepX - w, size.width - keepX),
    y: clamp(view.y, keepY - h, size.height - keepY),
  };
}

/** What of the picture is on the screen, in world units. */
export function seen(view: Viewport, size: Size): Part {
  return {
    left: -view.x / view.k,
    top: -view.y / view.k,
    right: (size.width - view.x) / view.k,
    bottom: (size.height - view.y) / view.k,
  };
}

/** Where a part of the world is on the screen, on which the stage begins at a corner. */
export const onScreen = (part: Part, { x, y, k }: Viewport, corner: { left: number; top: number }): Part => ({
  left: corner.left + x + k * part.left,
  top: corner.top + y + k * part.top,
  right: corner.left + x + k * part.right,
  bottom: corner.top + y + k * part.bottom,
});

export function contains(view: Viewport, extent: Extent, size: Size): boolean {
  const box = seen(view, size);
  return box.left <= 1 && box.top <= 1 && box.right >= extent.width - 1 && box.bottom >= extent.height - 1;
}

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The least move that brings a box onto the screen. */
export function reveal(view: Viewport, box: Box, size: Size, margin = 24): Viewport {
  const left = box.x * view.k + view.x;
  const top = box.y * view.k + view.y;
  const shift = (start: number, length: number, room: number): number => {
    if (start < margin) return margin - start;
    if (start + length > room - margin) return Math.max(margin - start, room - margin - start - length);
    return 0;
  };
  return {
    k: view.k,
    x: view.x + shift(left, box.width * view.k, size.width),
    y: view.y + shift(top, box.height * view.k, size.height),
  };
}

/** The viewport as it stands in the address: independent of the screen's size. */
export function toZoom(view: Viewport, size: Size): Zoom {
  return { k: view.k, x: (size.width / 2 - view.x) / view.k, y: (size.height / 2 - view.y) / view.k };
}

export function fromZoom(zoom: Zoom, size: Size): Viewport {
  const k = clamp(zoom.k, LEAST_ZOOM, MOST_ZOOM);
  return { k, x: size.width / 2 - zoom.x * k, y: size.height / 2 - zoom.y * k };
}

/** Below this a tile is a dot, and its picture is not worth a request. */
export const DOTS = 0.13;

/** From here on words and lines keep their size on the screen, so that what is drawn gets the room. */
const CLOSE = 1.2;
/** Below this words in cards cannot be read. */
const FAR = 0.8;
/** Height on the screen of a card that keeps its words from far away, enlarged. */
const TALL = 64;

/** By how much lines in cards are thinned so that they stay as thin on the screen. */
export const lineScale = (k: number): number => Math.min(1, CLOSE / k);

/** By how much the words of a card are scaled; 0 where it has none because they could not be read. */
export function wordScale(k: number, height: number): number {
  if (k >= FAR) return lineScale(k);
  return height * k >= TALL ? FAR / k : 0;
}
