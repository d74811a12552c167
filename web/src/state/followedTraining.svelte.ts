import { type Connection, follow } from "../api/live.ts";
import type { CurvesKey, LayersKey, TrainingSource } from "../api/training.ts";
import type { CurvesScene, Diagnosis, LayersScene, LiveState, StepScene, TrainingScene } from "../api/types.ts";
import { type Async, failed, PENDING, ready, readyOf } from "./async.ts";
import { seen } from "./seen.ts";
import { LoadingShelf } from "./shelf.svelte.ts";
import type { Training } from "./training.ts";

/** Milliseconds between two looks at what has been added. */
const PACE = 1000;

/** A training that is followed: its shelves are filled anew when there is more. */
export class FollowedTraining implements Training {
  scene = $state.raw<Async<TrainingScene>>(PENDING);
  findings = $state.raw<Async<Diagnosis>>(PENDING);
  state = $state.raw<LiveState | null>(null);
  connection = $state<Connection>("live");
  basis = $state.raw<readonly number[]>([]);
  readonly curves: LoadingShelf<CurvesScene>;
  readonly layers: LoadingShelf<LayersScene>;
  readonly steps: LoadingShelf<StepScene>;
  readonly #client: TrainingSource;
  readonly #signal: AbortSignal;
  readonly #onanew: () => void;
  readonly #pace: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #shownSize = -1;
  #judged = "";

  /**
   * @param client What asks the server.
   * @param signal Ends it.
   * @param onanew Called when the training was begun anew: nothing that is shown is of it.
   */
  constructor(client: TrainingSource, signal: AbortSignal, onanew: () => void, pace = PACE) {
    this.#client = client;
    this.#signal = signal;
    this.#onanew = onanew;
    this.#pace = pace;
    const keep = 40;
    this.curves = new LoadingShelf(signal, { load: (key, s) => client.curves(JSON.parse(key) as CurvesKey, s), keep });
    this.layers = new LoadingShelf(signal, { load: (key, s) => client.layers(JSON.parse(key) as LayersKey, s), keep });
    this.steps = new LoadingShelf(signal, { load: (key, s) => client.at(Number(key), s), keep });
    void this.#read();
    const take = (state: LiveState): void => this.#take(state);
    const connected = (connection: Connection): void => {
      this.connection = connection;
    };
    void follow({ onstate: take, onconnection: connected }, { next: (mark, s) => client.next(mark, s), seen }, signal);
    signal.addEventListener("abort", () => clearTimeout(this.#timer), { once: true });
  }

  get shown(): readonly number[] {
    const newest = this.basis.at(-1);
    return newest === undefined ? [] : this.#snapshots.filter((step) => step <= newest);
  }

  get newer(): number | null {
    const [newest, shown] = [this.#snapshots.at(-1), this.basis.at(-1)];
    return newest !== undefined && shown !== undefined && newest > shown ? newest : null;
  }

  takeNewer(): void {
    if (this.newer !== null) this.basis = [...this.basis, this.newer];
  }

  /** Take the snapshot that a picture came with as the one that clusters are of. */
  begin(step: number): void {
    if (this.basis.length === 0) this.basis = [step];
  }

  get #snapshots(): readonly number[] {
    return this.state?.snapshots ?? readyOf(this.scene)?.snapshots ?? [];
  }

  #take(state: LiveState): void {
    if (this.#signal.aborted) return;
    if (state.reading !== null) return;
    const before = this.state;
    this.state = state;
    if (before && before.recording !== "" && state.recording !== before.recording) {
      this.#onanew();
      return;
    }
    if (state.findings !== "" && state.findings !== this.#judged) {
      this.#judged = state.findings;
      void this.#judge();
    }
    // What was drawn first was asked for before anything was heard: there may be more since.
    const drawn = before ?? readyOf(this.scene);
    const more = before ? state.size !== this.#shownSize : state.last !== drawn?.last;
    if (!before) this.#shownSize = state.size;
    if (more || state.snapshots.length !== drawn?.snapshots.length) this.#soon();
  }

  /** Fill the shelves anew, but not more often than they can be filled, and not while nobody looks. */
  #soon(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#signal.aborted) return;
      const hidden = globalThis.document?.visibilityState === "hidden";
      if (hidden || this.curves.busy || this.layers.busy || this.steps.busy) {
        this.#soon();
        return;
      }
      this.#shownSize = this.state?.size ?? -1;
      for (const shelf of [this.curves, this.layers, this.steps]) shelf.renew();
      void this.#read();
    }, this.#pace);
  }

  async #read(): Promise<void> {
    try {
      this.scene = ready(await this.#client.scene(this.#signal));
    } catch (error) {
      // What was drawn stays: the connection says that the server is gone.
      if (!this.#signal.aborted && this.scene.status !== "ready") this.scene = failed(error);
    }
  }

  async #judge(): Promise<void> {
    try {
      this.findings = ready(await this.#client.findings(this.#signal));
    } catch (error) {
      if (!this.#signal.aborted && this.findings.status !== "ready") this.findings = failed(error);
    }
  }
}
