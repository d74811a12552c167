import type { Line } from "../api/line.ts";
import type { RunEntry } from "../api/types.ts";
import type { Address } from "../state/viewState.ts";

/** What the page is in: a browser's tab, or a notebook's cell. */
export interface Host {
  readonly line: Line;
  runs(signal: AbortSignal): Promise<RunEntry[]>;
  /** What is to be shown. */
  read(): Address;
  /** Keep what is shown; a step can be gone back. */
  write(address: Address, step: boolean): void;
  /** Call back when something else is to be shown. */
  onmoved(moved: (address: Address) => void, signal: AbortSignal): void;
  /** Call back with whether what is around is dark; null: the system's choice holds. */
  ondark(tell: (dark: boolean | null) => void, signal: AbortSignal): void;
}

/** Zooming changes the address all the time; once at the end is enough. */
export class Settling {
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Do it at once, or when nothing has come for a while; what was to be done before is not. */
  do(act: () => void, { now }: { now: boolean }): void {
    this.stop();
    if (now) act();
    else this.#timer = setTimeout(act, 250);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
