import type { Clock } from "./slicedCanvas.ts";

/** Milliseconds of a frame that drawing anew may take: the rest belongs to what moves. */
const BUDGET = 4;

const FRAMES: Clock = {
  now: () => performance.now(),
  next: (call) => requestAnimationFrame(call),
  stop: (handle) => cancelAnimationFrame(handle),
};

/**
 * Drawings that may wait: some per frame, in the order in which they were asked for. After a zoom every card is drawn
 * anew to be sharp; all in one frame would be felt as a jerk.
 */
export class DrawQueue {
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();
  #scheduled = false;

  constructor(clock: Clock = FRAMES) {
    this.#clock = clock;
  }

  /** Draw when there is time; returns what gives it up. At least one drawing is done per frame, however long it takes. */
  add(draw: () => void): () => void {
    const one = (): void => draw();
    this.#waiting.add(one);
    this.#schedule();
    return () => this.#waiting.delete(one);
  }

  #schedule(): void {
    if (this.#scheduled || this.#waiting.size === 0) return;
    this.#scheduled = true;
    this.#clock.next(() => {
      this.#scheduled = false;
      const end = this.#clock.now() + BUDGET;
      for (const draw of this.#waiting) {
        this.#waiting.delete(draw);
        draw();
        if (this.#clock.now() >= end) break;
      }
      this.#schedule();
    });
  }
}

/** The one of the page. */
export const DRAWINGS = new DrawQueue();
