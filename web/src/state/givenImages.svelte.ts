import type { GivenKey, RunSource } from "../api/source.ts";
import type { GivenImage, GivenScene, WorkerState } from "../api/types.ts";
import { type Trouble, troubleOf } from "./async.ts";
import { LoadingShelf, type Shelf } from "./shelf.svelte.ts";

/** What the server takes at one time; it checks this too. */
export const MOST_GIVEN = 24;
export const LARGEST_GIVEN = 8 << 20;

/** Images that a person gives to the network: what a view may see of that, and ask for. */
export interface Given {
  /** What is going on, in words; empty: nothing. */
  readonly busy: string;
  /** Why the last images were not shown to the network. */
  readonly trouble: Trouble | null;
  /** Sets that were given, by `givenKey`. */
  readonly sets: Shelf<GivenScene>;
  /** Show images to the network; the number of the set that they are then, null when it came to nothing. */
  give(files: readonly File[]): Promise<number | null>;
  dismiss(): void;
}

type Worker = Pick<RunSource, "give" | "given" | "worker">;

const EVERY = 400;

/** Why files cannot be given, before anything is sent; null: they can. */
export function refusalOf(files: readonly Pick<File, "name" | "size">[]): Trouble | null {
  const large = files.find((file) => file.size > LARGEST_GIVEN);
  if (files.length > MOST_GIVEN)
    return { message: `${files.length} files are too many at one time.`, remedy: `Give at most ${MOST_GIVEN} images.` };
  if (large)
    return { message: `${large.name} is too large.`, remedy: `Give images of at most ${LARGEST_GIVEN >> 20} MB.` };
  return null;
}

async function read(file: File): Promise<GivenImage> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = "";
  // In parts: a call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return { name: file.name.slice(0, 300) || "image", data: btoa(text) };
}

/** The images of one run's page: sent one set after the other, and waited for. */
export class GivenImages implements Given {
  busy = $state("");
  trouble = $state.raw<Trouble | null>(null);
  readonly sets: LoadingShelf<GivenScene>;
  readonly #worker: Worker;
  readonly #signal: AbortSignal;
  readonly #every: number;

  constructor(worker: Worker, signal: AbortSignal, every = EVERY) {
    this.#worker = worker;
    this.#signal = signal;
    this.#every = every;
    this.sets = new LoadingShelf(signal, { load: (key, s) => worker.given(JSON.parse(key) as GivenKey, s), keep: 10 });
  }

  async give(files: readonly File[]): Promise<number | null> {
    if (files.length === 0 || this.busy !== "") return null;
    this.trouble = refusalOf(files);
    if (this.trouble) return null;
    this.busy = "sending the images";
    try {
      return await this.#given(files);
    } catch (error) {
      if (!this.#signal.aborted) this.trouble = troubleOf(error);
      return null;
    } finally {
      this.busy = "";
    }
  }

  dismiss(): void {
    this.trouble = null;
  }

  async #given(files: readonly File[]): Promise<number | null> {
    const images = await Promise.all(files.map(read));
    const begun = await this.#worker.give({ images }, this.#signal);
    const state = await this.#ended(begun);
    if (state.result?.type === "answer") return state.result.number ?? null;
    if (state.status === "failed") this.trouble = { message: state.error ?? "", remedy: state.remedy ?? "" };
    else if (state.status === "cancelled") this.trouble = { message: "It was stopped before its end.", remedy: "" };
    return null;
  }

  async #ended(begun: WorkerState): Promise<WorkerState> {
    let state = begun;
    while (state.status === "working" && state.job === begun.job) {
      this.busy = !state.words || state.words === "starting" ? "starting the network" : state.words;
      await new Promise((done) => setTimeout(done, this.#every));
      state = await this.#worker.worker(this.#signal);
    }
    return state;
  }
}
