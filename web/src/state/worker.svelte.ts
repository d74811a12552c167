import type { ColumnsCommand, RunSource } from "../api/source.ts";
import type { ColumnsOrder, PathOrder, WorkerState } from "../api/types.ts";
import { type Async, failed, PENDING, ready, type Trouble, troubleOf } from "./async.ts";

/** What the real network is asked about connections: what a view may see and order. */
export interface Checks {
  readonly state: Async<WorkerState>;
  /** Why the last order was refused. */
  readonly refused: Trouble | null;
  /** What was begun last on this page. */
  readonly last: ColumnsCommand | "path" | null;
  /** Read the state, and go on reading while something is being done. */
  watch(): void;
  begin(command: ColumnsCommand, order: ColumnsOrder): void;
  /** Find the way back from a class on some images alone; `WorkerState.result` then has its number. */
  beginPath(order: PathOrder): void;
  cancel(): void;
}

type Worker = Pick<RunSource, "worker" | "begin" | "beginPath" | "cancel">;

export interface WorkerOptions {
  /** Milliseconds between two looks. */
  every?: number;
  /** Called when something was found out: what was composed without it is out of date. */
  onfound?: () => void;
}

const EVERY = 500;

/** The worker of one run, asked again and again while it works. */
export class WorkerChecks implements Checks {
  state = $state.raw<Async<WorkerState>>(PENDING);
  refused = $state.raw<Trouble | null>(null);
  last = $state.raw<ColumnsCommand | "path" | null>(null);
  readonly #worker: Worker;
  readonly #signal: AbortSignal;
  readonly #options: Required<WorkerOptions>;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(worker: Worker, signal: AbortSignal, options: WorkerOptions = {}) {
    this.#worker = worker;
    this.#signal = signal;
    this.#options = { every: EVERY, onfound: () => {}, ...options };
    signal.addEventListener("abort", () => clearTimeout(this.#timer), { once: true });
  }

  watch(): void {
    void this.#read();
  }

  begin(command: ColumnsCommand, order: ColumnsOrder): void {
    this.last = command;
    void this.#order(() => this.#worker.begin(command, order, this.#signal));
  }

  beginPath(order: PathOrder): void {
    this.last = "path";
    void this.#order(() => this.#worker.beginPath(order, this.#signal));
  }

  cancel(): void {
    void this.#order(() => this.#worker.cancel(this.#signal));
  }

  async #read(): Promise<void> {
    try {
      this.#take(await this.#worker.worker(this.#signal));
    } catch (error) {
      if (!this.#signal.aborted) this.state = failed(error);
    }
  }

  async #order(send: () => Promise<WorkerState>): Promise<void> {
    this.refused = null;
    try {
      this.#take(await send());
    } catch (error) {
      if (!this.#signal.aborted) this.refused = troubleOf(error);
    }
  }

  #take(state: WorkerState): void {
    if (this.#signal.aborted) return;
    const before = this.state.status === "ready" ? this.state.value : null;
    this.state = ready(state);
    clearTimeout(this.#timer);
    if (state.status === "working") this.#timer = setTimeout(() => void this.#read(), this.#options.every);
    else if (before?.status === "working" && state.status === "done") this.#options.onfound();
  }
}
