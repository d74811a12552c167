import type { CurvesKey, LayersKey, TrainingSource } from "./training.ts";
import type {
  CurvesScene,
  Diagnosis,
  LayerCurves,
  LayersScene,
  LayerValues,
  LiveState,
  SeriesPoints,
  StepScene,
  TrainingScene,
} from "./types.ts";

/** What a report is made with (src/cnnvis/serve/report/training.py). */
const CURVE_BUCKETS = 1000;
const LAYER_BUCKETS = 400;
const HELD = "held";

type Read = <T>(address: string, signal: AbortSignal) => Promise<T>;
type Window = readonly [number, number] | null;

/** The training in a report: all steps are there at one fineness, and cut here to what is asked for. */
export class HeldTraining implements TrainingSource {
  readonly #base: string;
  readonly #read: Read;

  constructor(run: string, read: Read) {
    this.#base = `${run}/training`;
    this.#read = read;
  }

  scene(signal: AbortSignal): Promise<TrainingScene> {
    return this.#read<TrainingScene>(this.#base, signal);
  }

  findings(signal: AbortSignal): Promise<Diagnosis> {
    return this.#read<Diagnosis>(`${this.#base}/findings`, signal);
  }

  async curves({ curves, window }: CurvesKey, signal: AbortSignal): Promise<CurvesScene> {
    const scene = await this.scene(signal);
    const asked = (one: { name: string; place: number }): boolean =>
      curves.some((wanted) => wanted.name === one.name && wanted.place === one.place);
    const plots = scene.plots.filter((plot) => plot.curves.some(asked));
    const held = await Promise.all(
      plots.map(({ curves: those }) => {
        const query = new URLSearchParams({ buckets: String(CURVE_BUCKETS) });
        for (const { name, place } of those) query.append("curve", `${place}:${name}`);
        return this.#read<CurvesScene>(`${this.#base}/curves?${query}`, signal);
      }),
    );
    const found = held.flatMap((one) => one.curves).filter(asked);
    return { ...spanOf(scene, window), curves: found.map((one) => cutPoints(one, window)) };
  }

  async layers({ rows, window }: LayersKey, signal: AbortSignal): Promise<LayersScene> {
    const scene = await this.scene(signal);
    const held = await Promise.all(rows.map((row) => this.#row(row, signal)));
    return { ...spanOf(scene, window), rows: held.map((one) => cutRow(one, window)) };
  }

  /** The last values up to a step; of a span of many measured steps, the greatest. */
  async at(step: number, signal: AbortSignal): Promise<StepScene> {
    const scene = await this.scene(signal);
    const held = await Promise.all(scene.rows.map((row) => this.#row(row.id, signal)));
    return { step, layers: held.filter((row) => row.steps.length > 0).map((row) => valuesAt(row, step)) };
  }

  /** Told once: nothing will ever be new. */
  async next(mark: string, signal: AbortSignal): Promise<LiveState> {
    if (mark === HELD) return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    const { recording, last, snapshots } = await this.scene(signal);
    return { mark: HELD, recording, size: 0, last, snapshots, findings: HELD, complete: true, reading: null };
  }

  async #row(row: string, signal: AbortSignal): Promise<LayerCurves> {
    const query = new URLSearchParams({ buckets: String(LAYER_BUCKETS), row });
    const { rows } = await this.#read<LayersScene>(`${this.#base}/layers?${query}`, signal);
    return rows[0] ?? { row, steps: [], low: [], high: [] };
  }
}

function spanOf(scene: TrainingScene, window: Window): { first: number; last: number } {
  const [first, last] = window ?? [scene.first, scene.last];
  return { first, last };
}

/** Indices from the first to the last step of a window, with one more on each side where a line runs on to it. */
function within(steps: readonly number[], window: Window, more: number): [number, number] {
  if (!window) return [0, steps.length];
  const start = steps.findIndex((step) => step >= window[0]);
  const stop = steps.findLastIndex((step) => step <= window[1]) + 1;
  const begin = start < 0 ? steps.length : start;
  return [Math.max(0, begin - more), Math.min(steps.length, Math.max(begin, stop) + more)];
}

function cutPoints(points: SeriesPoints, window: Window): SeriesPoints {
  const part = within(points.steps, window, 1);
  return { ...points, steps: points.steps.slice(...part), values: points.values.slice(...part) };
}

function cutRow(row: LayerCurves, window: Window): LayerCurves {
  const part = within(row.steps, window, 0);
  const cut = <T>(values: readonly (readonly T[])[]): T[][] => values.map((line) => line.slice(...part));
  return { row: row.row, steps: row.steps.slice(...part), low: cut(row.low), high: cut(row.high) };
}

function valuesAt(row: LayerCurves, step: number): LayerValues {
  const place = Math.max(
    0,
    row.steps.findLastIndex((one) => one <= step),
  );
  return { row: row.row, step: row.steps[place] ?? 0, values: row.high.map((line) => line[place] ?? null) };
}
