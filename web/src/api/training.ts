import { type Read, read } from "./request.ts";
import type { CurvesScene, Diagnosis, LayersScene, LiveState, StepScene, TrainingScene } from "./types.ts";

/** A span of steps, and how many pixels it is drawn on. */
export interface Span {
  /** Null: from the first step to the last. */
  window: readonly [number, number] | null;
  buckets: number;
}

export interface CurvesKey extends Span {
  curves: readonly { name: string; place: number }[];
}

export interface LayersKey extends Span {
  rows: readonly string[];
}

/** Where a recorded training comes from. */
export type TrainingSource = Pick<TrainingClient, "scene" | "curves" | "layers" | "at" | "findings" | "next">;

/** Everything the server knows about one recorded training; all addresses are relative to the page. */
export class TrainingClient {
  readonly #base: string;
  readonly #read: Read;

  constructor(run: string, reading: Read = read) {
    this.#base = `${run}/training`;
    this.#read = reading;
  }

  scene(signal: AbortSignal): Promise<TrainingScene> {
    return this.#read<TrainingScene>(this.#base, signal);
  }

  curves(key: CurvesKey, signal: AbortSignal): Promise<CurvesScene> {
    const asked = spanned(key);
    for (const { name, place } of key.curves) asked.append("curve", `${place}:${name}`);
    return this.#read<CurvesScene>(`${this.#base}/curves?${asked}`, signal);
  }

  layers(key: LayersKey, signal: AbortSignal): Promise<LayersScene> {
    const asked = spanned(key);
    for (const row of key.rows) asked.append("row", row);
    return this.#read<LayersScene>(`${this.#base}/layers?${asked}`, signal);
  }

  at(step: number, signal: AbortSignal): Promise<StepScene> {
    return this.#read<StepScene>(`${this.#base}/step?step=${step}`, signal);
  }

  findings(signal: AbortSignal): Promise<Diagnosis> {
    return this.#read<Diagnosis>(`${this.#base}/findings`, signal);
  }

  /** Resolves with the state when it is another one than that of this mark, or after a while all the same. */
  next(mark: string, signal: AbortSignal): Promise<LiveState> {
    return this.#read<LiveState>(`${this.#base}/events?${new URLSearchParams({ mark })}`, signal);
  }
}

function spanned({ window, buckets }: Span): URLSearchParams {
  const asked = new URLSearchParams({ buckets: String(buckets) });
  if (window) {
    asked.set("first", String(window[0]));
    asked.set("last", String(window[1]));
  }
  return asked;
}
