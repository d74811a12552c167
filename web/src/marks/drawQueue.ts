export interface Clock {
  now(): number;
  /** Call once in the next frame. */
  next(call: () => void): void;
}

/** Milliseconds of a frame that all drawing together may take: the rest belongs to what moves, while something does. */
const BUDGET = { moving: 2, still: 5, long: 30 } as const;
/** Milliseconds without a move after which nothing moves, and after which no move is under way: as at the beginning. */
const STILL = 300;
const LONG = 3000;

const FRAMES: Clock = {
  now: () => performance.now(),
  next: (call) => void requestAnimationFrame(call),
};

function budgetAfter(still: number): number {
  if (still < STILL) return BUDGET.moving;
  return still < LONG ? BUDGET.still : BUDGET.long;
}

/** A part of a drawing; true where more of it is to be done, in its next turn. */
export type Step = () => unknown;

/**
 * Drawings that may wait: some steps per frame, in turn. After a zoom every card is made anew to be sharp, and thousands
 * of curves are; all in one frame would be felt as a jerk.
 */
export class DrawQueue {
  readonly #clock: Clock;
  readonly #waiting = new Set<() => boolean>();
  #scheduled = false;
  #moved = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock = FRAMES) {
    this.#clock = clock;
  }

  /** Draw when there is time; returns what gives it up. One step at least is done per frame, however long it takes. */
  add(step: Step): () => void {
    let wanted = true;
    const one = (): boolean => step() === true && wanted;
    this.#waiting.add(one);
    this.#schedule();
    return () => {
      wanted = false;
      this.#waiting.delete(one);
    };
  }

  /** Say that the user moves what is drawn: for a while less is drawn per frame. */
  moved(): void {
    this.#moved = this.#clock.now();
  }

  #schedule(): void {
    if (this.#scheduled || this.#waiting.size === 0) return;
    this.#scheduled = true;
    this.#clock.next(() => {
      this.#scheduled = false;
      try {
        this.#frame();
      } finally {
        // What fails holds up nothing else.
        this.#schedule();
      }
    });
  }

  #frame(): void {
    let now = this.#clock.now();
    const end = now + budgetAfter(now - this.#moved);
    // What goes to the end meanwhile is reached as well.
    for (const step of this.#waiting) {
      this.#waiting.delete(step);
      if (step()) this.#waiting.add(step);
      const before = now;
      now = this.#clock.now();
      // The next one takes about as long.
      if (now + (now - before) > end) return;
    }
  }
}

/** The one of the page. */
export const DRAWINGS = new DrawQueue();
