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

export interface Clock {
  now(): number;
  /** Call once in the next frame; returns what `stop` takes. */
  next(call: () => void): number;
  stop(handle: number): void;
}

const FRAMES: Clock = {
  now: () => performance.now(),
  next: (call) => requestAnimationFrame(call),
  stop: (handle) => cancelAnimationFrame(handle),
};

/** Milliseconds of a frame that drawing may take. */
const BUDGET = 4;

/**
 * A canvas that is drawn a few milliseconds per frame and shown when it is complete. What was shown before stays until
 * then, so that panning and pointing never wait for thousands of curves.
 */
export class SlicedCanvas {
  readonly #host: HTMLElement;
  readonly #clock: Clock;
  /** The one that is not shown is drawn. */
  #spare: HTMLCanvasElement | null = null;
  #waiting: number | null = null;

  constructor(host: HTMLElement, clock: Clock = FRAMES) {
    this.#host = host;
    this.#clock = clock;
  }

  /** Draw a part of the world anew; what was being drawn is given up. */
  paint(place: Place, drawing: Drawing): void {
    this.#stop();
    delete this.#host.dataset.drawn;
    const canvas = this.#spare ?? document.createElement("canvas");
    const context = canvas.getContext("2d");
    if (!context) return;
    this.#spare = canvas;
    const [wide, high] = [place.right - place.left, place.bottom - place.top];
    // Setting a size, even the same, clears the canvas.
    canvas.width = Math.max(1, Math.ceil(wide * place.scale));
    canvas.height = Math.max(1, Math.ceil(high * place.scale));
    context.setTransform(place.scale, 0, 0, place.scale, -place.left * place.scale, -place.top * place.scale);
    Object.assign(canvas.style, {
      left: `${place.left}px`,
      top: `${place.top}px`,
      width: `${wide}px`,
      height: `${high}px`,
    });
    this.#go(drawing(context));
  }

  /** Show nothing. */
  clear(): void {
    this.#stop();
    this.#host.replaceChildren();
    delete this.#host.dataset.drawn;
  }

  #stop(): void {
    if (this.#waiting !== null) this.#clock.stop(this.#waiting);
    this.#waiting = null;
  }

  #go(steps: Iterator<void>): void {
    this.#waiting = null;
    const end = this.#clock.now() + BUDGET;
    do {
      if (steps.next().done) {
        this.#show();
        return;
      }
    } while (this.#clock.now() < end);
    this.#waiting = this.#clock.next(() => this.#go(steps));
  }

  #show(): void {
    const [canvas, before] = [this.#spare, this.#host.firstElementChild];
    this.#spare = before instanceof HTMLCanvasElement ? before : null;
    if (canvas) this.#host.replaceChildren(canvas);
    this.#host.dataset.drawn = "";
  }
}
