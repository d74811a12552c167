/** Where moves go: the picture that is panned and zoomed. */
export interface Movable {
  /** Larger or smaller by a factor, while the point stays where it is. */
  onzoom: (factor: number, at: Point) => void;
  onpan: (dx: number, dy: number) => void;
}

export interface Point {
  x: number;
  y: number;
}

type Move = { dx: number; dy: number } | { factor: number; at: Point };

/**
 * Moves that come faster than frames are drawn, passed on once per frame: a wheel may turn ten times while a large picture
 * is drawn once. Together they lead where they would have led one by one.
 */
export class Moves {
  readonly #target: Movable;
  readonly #next: (call: () => void) => number;
  #waiting: Move[] = [];
  #handle: number | null = null;

  constructor(target: Movable, next: (call: () => void) => number = (call) => requestAnimationFrame(call)) {
    this.#target = target;
    this.#next = next;
  }

  pan(dx: number, dy: number): void {
    const last = this.#waiting.at(-1);
    if (last && "dx" in last) this.#waiting[this.#waiting.length - 1] = { dx: last.dx + dx, dy: last.dy + dy };
    else this.#waiting.push({ dx, dy });
    this.#schedule();
  }

  zoom(factor: number, at: Point): void {
    const last = this.#waiting.at(-1);
    if (last && "factor" in last && last.at.x === at.x && last.at.y === at.y)
      this.#waiting[this.#waiting.length - 1] = { factor: last.factor * factor, at };
    else this.#waiting.push({ factor, at });
    this.#schedule();
  }

  #schedule(): void {
    this.#handle ??= this.#next(() => {
      this.#handle = null;
      const moves = this.#waiting;
      this.#waiting = [];
      for (const move of moves) {
        if ("dx" in move) this.#target.onpan(move.dx, move.dy);
        else this.#target.onzoom(move.factor, move.at);
      }
    });
  }
}
