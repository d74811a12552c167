import { DRAWINGS, type DrawQueue } from "./drawQueue.ts";

/** A part of the world on a canvas, and the canvas' pixels. */
export interface Place {
  left: number;
  top: number;
  right: number;
  bottom: number;
  /** Canvas pixels per world unit. */
  scale: number;
}

/** Draws something, and yields where it may be interrupted. */
export type Drawing = (context: CanvasRenderingContext2D) => Iterator<void>;

/** Canvases are a multiple of this wide and high, so that the next drawing mostly fits into the same one. */
const GRAIN = 256;
/** Pixels of a canvas that is kept although less is drawn. */
const SPACIOUS = 6_000_000;

const grained = (length: number): number => GRAIN * Math.max(1, Math.ceil(length / GRAIN));

/** Make room in a canvas. A new size is new memory, which takes as long as hundreds of curves: it is made to last. */
function makeRoom(canvas: HTMLCanvasElement, wide: number, high: number): void {
  const least = { width: grained(wide), height: grained(high) };
  const both = { width: Math.max(canvas.width, least.width), height: Math.max(canvas.height, least.height) };
  const { width, height } = both.width * both.height > SPACIOUS ? least : both;
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}

/**
 * A canvas that is drawn a few milliseconds per frame and shown when it is complete. What was shown before stays until
 * then, so that panning and pointing never wait for thousands of curves.
 */
export class SlicedCanvas {
  readonly #host: HTMLElement;
  readonly #queue: DrawQueue;
  /** The one that is not shown is drawn. */
  #spare: HTMLCanvasElement | null = null;
  #giveUp: (() => void) | null = null;

  constructor(host: HTMLElement, queue: DrawQueue = DRAWINGS) {
    this.#host = host;
    this.#queue = queue;
  }

  /** Draw a part of the world anew; what was being drawn is given up. */
  paint(place: Place, drawing: Drawing): void {
    this.#stop();
    delete this.#host.dataset.drawn;
    let steps: Iterator<void> | null = null;
    this.#giveUp = this.#queue.add(() => {
      steps ??= this.#begin(place, drawing);
      if (steps && !steps.next().done) return true;
      this.#show();
      return false;
    });
  }

  /** Show nothing. */
  clear(): void {
    this.#stop();
    this.#host.replaceChildren();
    delete this.#host.dataset.drawn;
  }

  #stop(): void {
    this.#giveUp?.();
    this.#giveUp = null;
  }

  #begin(place: Place, drawing: Drawing): Iterator<void> | null {
    const canvas = this.#spare ?? document.createElement("canvas");
    const context = canvas.getContext("2d");
    if (!context) return null;
    this.#spare = canvas;
    const { scale, left, top } = place;
    makeRoom(canvas, (place.right - left) * scale, (place.bottom - top) * scale);
    // What was given up left its pens.
    context.reset();
    context.setTransform(scale, 0, 0, scale, -left * scale, -top * scale);
    context.beginPath();
    context.rect(left, top, place.right - left, place.bottom - top);
    context.clip();
    // Its own size, and its place by a transform alone: edges between two units of the world would be rounded to one.
    Object.assign(canvas.style, {
      width: `${canvas.width}px`,
      height: `${canvas.height}px`,
      transformOrigin: "0 0",
      transform: `translate(${left}px, ${top}px) scale(${1 / scale})`,
    });
    return drawing(context);
  }

  #show(): void {
    const [canvas, before] = [this.#spare, this.#host.firstElementChild];
    this.#spare = before instanceof HTMLCanvasElement ? before : null;
    if (canvas) this.#host.replaceChildren(canvas);
    this.#host.dataset.drawn = "";
  }
}
