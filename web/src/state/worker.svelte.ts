import type { RunClient } from "../api/client.ts";
import type { CheckJob, ConnectJob, WorkerState } from "../api/types.ts";
import { type Async, failed, PENDING, ready, type Trouble, troubleOf } from "./async.ts";

/** Checks against the real network: what a view may see and ask. */
export interface Checks {
  readonly state: Async<WorkerState>;
  /** Why the last order was refused. */
  readonly refused: Trouble | null;
  /** Read the state, and go on reading while something is being done. */
  watch(): void;
  check(job: CheckJob): void;
  /** Compute contributions for the clusters as they are now. */
  connect(): void;
  cancel(): void;
}

type Worker = Pick<RunClient, "worker" | "order">;

export interface WorkerOptions {
  /** Milliseconds between two looks at what is being done. */
  every?: number;
  /** Told that contributions have been computed anew. */
  onconnected?: () => void;
}

const EVERY = 500;

/** The worker of one run, asked again and again while it works. */
export class WorkerChecks implements Checks {
  state = $state.raw<Async<WorkerState>>(PENDING);
  refused = $state.raw<Trouble | null>(null);
  readonly #worker: Worker;
  readonly #signal: AbortSignal;
  readonly #options: Required<WorkerOptions>;
  /** Number of the job whose result is known. */
  #known = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(worker: Worker, signal: AbortSignal, options: WorkerOptions = {}) {
    this.#worker = worker;
    this.#signal = signal;
    this.#options = { every: EVERY, onconnected: () => {}, ...options };
    signal.addEventListener("abort", () => clearTimeout(this.#timer), { once: true });
  }

  watch(): void {
    void this.#read();
  }

  check(job: CheckJob): void {
    void this.#order(job);
  }

  connect(): void {
    void this.#order({ type: "connect", images: 200 });
  }

  cancel(): void {
    void this.#order("cancel");
  }

  async #read(): Promise<void> {
    try {
      this.#take(await this.#worker.worker(this.#signal));
    } catch (error) {
      if (!this.#signal.aborted) this.state = failed(error);
    }
  }

  async #order(order: CheckJob | ConnectJob | "cancel"): Promise<void> {
    this.refused = null;
    try {
      this.#take(await this.#worker.order(order, this.#signal));
    } catch (error) {
      if (!this.#signal.aborted) this.refused = troubleOf(error);
    }
  }

  #take(state: WorkerState): void {
    if (this.#signal.aborted) return;
    this.state = ready(state);
    clearTimeout(this.#timer);
    if (state.status === "working") this.#timer = setTimeout(() => void this.#read(), this.#options.every);
    if (state.status !== "done" || state.job === this.#known) return;
    this.#known = state.job;
    if (state.result?.type === "connect") this.#options.onconnected();
  }
}
