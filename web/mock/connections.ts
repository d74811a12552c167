import type {
  BundleScene,
  ConnectionScene,
  CurveScene,
  GapScene,
  LayerScene,
  PathScene,
  PathStop,
  TrunkScene,
  WorkerState,
} from "../src/api/types.ts";
import { hash, normal, seeded } from "./random.ts";

type Mode = ConnectionScene["mode"];

export interface ConnectionQuery {
  columns: readonly string[];
  mode: Mode | null;
  share: number;
}

type Layers = (id: string) => LayerScene;

interface Pair {
  source: number;
  target: number;
  weight: number;
}

const WARNING =
  "What these connections promise agrees badly with what removing clusters really does: take them as a hint only.";

/** Invented weights: clusters of a kind excite each other, others inhibit or have little to do with each other. */
function weightsOf(from: LayerScene, to: LayerScene, mode: Mode): number[][] {
  const random = seeded(hash(`${from.layer}>${to.layer}:${mode}`));
  return from.clusters.map((source, i) =>
    to.clusters.map((target, j) => {
      if (source.never_active || target.never_active) return 0;
      const alike = i % 3 === j % 3 ? 1.5 : (i + j) % 4 === 0 ? -1 : 0.12;
      return alike * (0.75 + 0.5 * random()) + 0.12 * normal(random);
    }),
  );
}

const strength = (pairs: readonly Pair[]): number => pairs.reduce((sum, pair) => sum + Math.abs(pair.weight), 0);

/** The fewest pairs of one sign that carry the share, at most 30. */
function keep(pairs: readonly Pair[], share: number): Pair[] {
  const sorted = [...pairs].sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
  const wanted = share * strength(pairs);
  let carried = 0;
  return sorted.filter((pair, index) => {
    const needed = carried < wanted && index < 30;
    if (needed) carried += Math.abs(pair.weight);
    return needed;
  });
}

/** Sources with the very same targets become one bundle where that saves curves. */
function bundled(pairs: readonly Pair[]): { sources: number[]; targets: number[] }[] {
  const targets = new Map<number, number[]>();
  for (const { source, target } of pairs) targets.set(source, [...(targets.get(source) ?? []), target].sort());
  const alike = new Map<string, number[]>();
  for (const [source, own] of targets) alike.set(own.join(), [...(alike.get(own.join()) ?? []), source].sort());
  return [...alike]
    .map(([own, sources]) => ({ sources, targets: own.split(",").map(Number) }))
    .filter(({ sources: p, targets: q }) => p.length + q.length < p.length * q.length);
}

class Gap {
  readonly bundles: BundleScene[] = [];
  readonly curves: CurveScene[] = [];
  readonly trunks: TrunkScene[] = [];
  kept = 0;
  readonly #all: Pair[];
  readonly #from: LayerScene;
  readonly #to: LayerScene;
  readonly #part: number;

  constructor(from: LayerScene, to: LayerScene, query: { mode: Mode; share: number; part: number; jumps: boolean }) {
    [this.#from, this.#to, this.#part] = [from, to, query.part];
    this.#all = weightsOf(from, to, query.mode).flatMap((row, source) =>
      row.flatMap((weight, target) => (weight === 0 ? [] : [{ source, target, weight }])),
    );
    for (const sign of [1, -1] as const) {
      const kept = keep(
        this.#all.filter((pair) => pair.weight * sign > 0),
        query.share,
      );
      this.kept += kept.length;
      if (query.jumps) this.#jump(kept, sign);
      else this.#draw(kept, sign);
    }
  }

  get total(): number {
    return this.#all.length;
  }

  get share(): number {
    const drawn = [...this.bundles, ...this.curves, ...this.trunks].reduce((sum, one) => sum + one.share, 0);
    return Math.min(1, drawn / this.#part);
  }

  #shareOf(pairs: readonly Pair[]): number {
    return (this.#part * strength(pairs)) / strength(this.#all);
  }

  #clusters(side: "from" | "to", places: readonly number[]): string[] {
    const scene = side === "from" ? this.#from : this.#to;
    return places.map((place) => scene.clusters[place]?.id ?? "");
  }

  #jump(kept: readonly Pair[], sign: 1 | -1): void {
    const [sources, targets] = (["source", "target"] as const).map((end) =>
      [...new Set(kept.map((pair) => pair[end]))].sort((a, b) => a - b),
    ) as [number[], number[]];
    if (kept.length === 0) return;
    this.trunks.push({
      id: `${this.#from.layer}>${this.#to.layer} ${sign > 0 ? "+" : "-"}`,
      sources: this.#clusters("from", sources),
      targets: this.#clusters("to", targets),
      sign,
      share: this.#shareOf(kept),
      links: kept.map((pair) => ({
        source: sources.indexOf(pair.source),
        target: targets.indexOf(pair.target),
        share: this.#shareOf([pair]),
      })),
    });
  }

  #draw(kept: readonly Pair[], sign: 1 | -1): void {
    const taken = new Set<Pair>();
    for (const { sources, targets } of bundled(kept)) {
      const own = kept.filter((pair) => sources.includes(pair.source) && targets.includes(pair.target));
      for (const pair of own) taken.add(pair);
      this.bundles.push({
        id: `${this.#from.layer}>${this.#to.layer} ${this.bundles.length}`,
        sources: this.#clusters("from", sources),
        targets: this.#clusters("to", targets),
        sign,
        share: this.#shareOf(own),
        coherence: 0.8,
        source_shares: sources.map((index) => this.#shareOf(own.filter((pair) => pair.source === index))),
        target_shares: targets.map((index) => this.#shareOf(own.filter((pair) => pair.target === index))),
      });
    }
    for (const pair of kept.filter((one) => !taken.has(one))) {
      const [source = "", target = ""] = [
        ...this.#clusters("from", [pair.source]),
        ...this.#clusters("to", [pair.target]),
      ];
      this.curves.push({ source, target, sign, share: this.#shareOf([pair]) });
    }
  }
}

/** What an invented run's server would answer: neighbouring columns, and some or all that jump columns. */
export function connectionScene(layers: Layers, query: ConnectionQuery, jumps: "few" | "all"): ConnectionScene {
  const mode = query.mode ?? "weights";
  const columns = query.columns.map((id) => layers(id));
  const gaps: GapScene[] = [];
  columns.forEach((from, source) => {
    columns.forEach((to, target) => {
      const jump = target - source - 1;
      if (jump < 0 || (jump > 0 && jumps === "few" && (jump > 1 || source % 2 > 0))) return;
      // Most comes from the column before.
      const part = jump > 0 ? 0.3 / target : target > 1 ? 0.75 : 1;
      const gap = new Gap(from, to, { mode, share: query.share, part, jumps: jump > 0 });
      const { bundles, curves, trunks, kept, total, share } = gap;
      gaps.push({
        source,
        target,
        part,
        bundles,
        curves,
        trunks,
        kept,
        total,
        share,
        left_out: 0,
        exact: true,
        notes: [],
      });
    });
  });
  const sum = (of: (gap: GapScene) => number): number => gaps.reduce((total, gap) => total + of(gap), 0);
  const fans = (one: { sources: string[]; targets: string[] }): number => one.sources.length + one.targets.length;
  return {
    version: 2,
    mode,
    modes: ["weights", "contribution"],
    absent: [],
    default: "weights",
    images: mode === "contribution" ? 20 : null,
    warning: mode === "contribution" ? WARNING : "",
    notes: [],
    agreement: { weights: 0.71, contribution: 0.24, images: 50 },
    share: query.share,
    most: 60,
    columns: [...query.columns],
    orders: columns.map((one) => one.clusters.map((cluster) => cluster.id)),
    crossings: 480,
    unordered: 1120,
    gaps,
    kept: sum((gap) => gap.kept),
    total: sum((gap) => gap.total),
    drawn:
      sum((gap) => gap.share * gap.part) /
      Math.max(
        1e-9,
        sum((gap) => gap.part),
      ),
    curves: sum(
      (gap) =>
        gap.curves.length +
        gap.bundles.reduce((n, one) => n + fans(one), 0) +
        gap.trunks.reduce((n, one) => n + fans(one) + 1, 0),
    ),
  };
}

export interface PathQuery {
  columns: readonly string[];
  mode: Mode | null;
  layer: string;
  cluster: string | null;
  label: number | null;
}

const stopAt = (column: number, scene: LayerScene, at: number, share: number): PathStop => ({
  column,
  layer: scene.layer,
  cluster: scene.clusters[at]?.id ?? "",
  share,
  column_share: 1,
  passing: 0.6 * share,
  alternatives: [],
});

/** The strongest way backwards, step by step. */
export function pathScene(layers: Layers, query: PathQuery): PathScene {
  const mode = query.mode ?? "weights";
  const last = query.columns.indexOf(query.label === null ? query.layer : (query.columns.at(-1) ?? ""));
  const start = layers(query.columns[last] ?? query.layer);
  const wanted = (one: LayerScene["clusters"][number]): boolean =>
    query.label === null ? one.id === query.cluster : one.neurons.includes(query.label);
  let at = Math.max(0, start.clusters.findIndex(wanted));
  const stops: PathStop[] = [stopAt(last, start, at, 1)];
  for (let column = last - 1; column >= 0; column--) {
    const [from, to] = [layers(query.columns[column] ?? ""), layers(query.columns[column + 1] ?? "")];
    const into = weightsOf(from, to, mode).map((row) => Math.max(0, row[at] ?? 0));
    const total = into.reduce((sum, value) => sum + value, 0) || 1;
    const order = into.map((_, i) => i).sort((a, b) => (into[b] ?? 0) - (into[a] ?? 0));
    const shareOf = (i: number): number => (into[i] ?? 0) / total;
    at = order[0] ?? 0;
    const alternatives = order
      .slice(1, 4)
      .filter((i) => shareOf(i) > 0)
      .map((i) => ({ layer: from.layer, cluster: from.clusters[i]?.id ?? "", share: shareOf(i) }));
    stops.push({ ...stopAt(column, from, at, shareOf(at)), alternatives });
  }
  if (query.label !== null) stops.shift();
  const words = query.label === null ? (query.cluster ?? "") : `class ${query.label}`;
  return { version: 2, start: words, mode, images: mode === "contribution" ? 20 : null, own: false, stops };
}

/** A worker that was not told where the network's code is. */
export const NO_WORKER: WorkerState = {
  enabled: false,
  how: "cnnvis open runs/resnet20 --model MODULE:FUNCTION --data DATA",
  busy: false,
  job: 0,
  status: "idle",
  done: 0,
  total: 0,
  words: "",
  left: null,
  image_seconds: 0.004,
  result: null,
  error: "",
  remedy: "",
};
