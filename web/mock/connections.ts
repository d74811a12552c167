import type {
  BundleScene,
  ConnectionScene,
  CurveScene,
  GapScene,
  LayerScene,
  PathScene,
  PathStop,
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

type Order = readonly (readonly string[])[];

class Gap {
  readonly bundles: BundleScene[] = [];
  readonly curves: CurveScene[] = [];
  kept = 0;
  readonly #all: Pair[];
  readonly #from: LayerScene;
  readonly #to: LayerScene;

  constructor(from: LayerScene, to: LayerScene, query: { mode: Mode; share: number; most: number }) {
    [this.#from, this.#to] = [from, to];
    this.#all = weightsOf(from, to, query.mode).flatMap((row, source) =>
      row.flatMap((weight, target) => (weight === 0 ? [] : [{ source, target, weight }])),
    );
    for (const sign of [1, -1] as const) {
      const kept = keep(
        this.#all.filter((pair) => pair.weight * sign > 0),
        query.share,
      ).slice(0, query.most);
      this.kept += kept.length;
      this.#draw(kept, sign);
    }
  }

  get total(): number {
    return this.#all.length;
  }

  get share(): number {
    const drawn = [...this.bundles, ...this.curves].reduce((sum, one) => sum + one.share, 0);
    return Math.min(1, drawn);
  }

  #draw(kept: readonly Pair[], sign: 1 | -1): void {
    const whole = strength(this.#all);
    const taken = new Set<Pair>();
    for (const { sources, targets } of bundled(kept)) {
      const own = kept.filter((pair) => sources.includes(pair.source) && targets.includes(pair.target));
      for (const pair of own) taken.add(pair);
      this.bundles.push(this.#bundle(own, { sources, targets, sign, whole }));
    }
    for (const pair of kept.filter((one) => !taken.has(one))) {
      this.curves.push({
        source: this.#from.clusters[pair.source]?.id ?? "",
        target: this.#to.clusters[pair.target]?.id ?? "",
        sign,
        weight: Math.abs(pair.weight),
        share: Math.abs(pair.weight) / whole,
        source_port: 0,
        target_port: 0,
      });
    }
  }

  #bundle(
    own: readonly Pair[],
    of: { sources: number[]; targets: number[]; sign: 1 | -1; whole: number },
  ): BundleScene {
    const { sources, targets, sign, whole } = of;
    const share = strength(own) / whole;
    const verb = sign > 0 ? "excite" : "inhibit";
    return {
      id: `${this.#from.layer}>${this.#to.layer} ${this.bundles.length}`,
      sources: sources.map((index) => this.#from.clusters[index]?.id ?? ""),
      targets: targets.map((index) => this.#to.clusters[index]?.id ?? ""),
      sign,
      weight: strength(own),
      share,
      coherence: 0.8,
      source_weights: sources.map((index) => strength(own.filter((pair) => pair.source === index))),
      target_weights: targets.map((index) => strength(own.filter((pair) => pair.target === index))),
      source_ports: sources.map(() => 0),
      target_ports: targets.map(() => 0),
      words: `these ${sources.length} clusters ${verb} these ${targets.length}: ${Math.round(100 * share)} % of the weight`,
    };
  }
}

/** Ports in the order of the other ends, as the server gives them. */
function setPorts(gaps: readonly GapScene[], orders: Order): void {
  const rank = (column: number, cluster: string): number => orders[column]?.indexOf(cluster) ?? 0;
  const mean = (column: number, clusters: readonly string[]): number =>
    column * 1e-6 + clusters.reduce((sum, one) => sum + rank(column, one), 0) / Math.max(1, clusters.length);
  for (const side of ["source", "target"] as const) {
    const ends = gaps.flatMap((gap) => {
      const [here, there] = side === "source" ? [gap.source, gap.target] : [gap.target, gap.source];
      const bundles = gap.bundles.flatMap((bundle) => {
        const [own, other] = side === "source" ? [bundle.sources, bundle.targets] : [bundle.targets, bundle.sources];
        return own.map((cluster, index) => ({
          box: `${here} ${cluster}`,
          height: mean(there, other),
          set: (port: number) => {
            bundle[`${side}_ports`][index] = port;
          },
        }));
      });
      const curves = gap.curves.map((curve) => ({
        box: `${here} ${curve[side]}`,
        height: mean(there, [side === "source" ? curve.target : curve.source]),
        set: (port: number) => {
          curve[`${side}_port`] = port;
        },
      }));
      return [...bundles, ...curves];
    });
    const boxes = new Map<string, typeof ends>();
    for (const end of ends) boxes.set(end.box, [...(boxes.get(end.box) ?? []), end]);
    for (const own of boxes.values())
      own
        .sort((a, b) => a.height - b.height)
        .forEach((end, port) => {
          end.set(port);
        });
  }
}

/** What an invented run's server would answer: neighbouring columns, and some or all that jump columns. */
export function connectionScene(layers: Layers, query: ConnectionQuery, jumps: "few" | "all"): ConnectionScene {
  const mode = query.mode ?? "weights";
  const columns = query.columns.map((id) => layers(id));
  const orders = columns.map((one) => one.clusters.map((cluster) => cluster.id));
  const gaps: GapScene[] = [];
  columns.forEach((from, source) => {
    columns.forEach((to, target) => {
      const jump = target - source - 1;
      if (jump < 0 || (jump > 0 && jumps === "few" && (jump > 1 || source % 2 > 0))) return;
      // Jumps are few until all are wanted.
      const share = jump === 0 || query.share === 1 ? query.share : query.share / 3;
      const gap = new Gap(from, to, { mode, share, most: jump === 0 || query.share === 1 ? 30 : 4 });
      const { bundles, curves, kept, total } = gap;
      gaps.push({ source, target, bundles, curves, kept, total, share: gap.share, exact: true, notes: [], stale: [] });
    });
  });
  setPorts(gaps, orders);
  const sum = (of: (gap: GapScene) => number): number => gaps.reduce((total, gap) => total + of(gap), 0);
  return {
    version: 1,
    mode,
    modes: ["weights", "contribution"],
    default: "weights",
    stale: "",
    warning: mode === "contribution" ? WARNING : "",
    agreement: { weights: 0.71, contribution: 0.24 },
    share: query.share,
    columns: [...query.columns],
    orders,
    gaps,
    kept: sum((gap) => gap.kept),
    total: sum((gap) => gap.total),
    drawn: sum((gap) => gap.share) / Math.max(1, gaps.length),
    curves: sum(
      (gap) => gap.curves.length + gap.bundles.reduce((n, one) => n + one.sources.length + one.targets.length, 0),
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

/** The strongest way backwards, step by step. */
export function pathScene(layers: Layers, query: PathQuery): PathScene {
  const mode = query.mode ?? "weights";
  const last = query.columns.indexOf(query.label === null ? query.layer : (query.columns.at(-1) ?? ""));
  const start = layers(query.columns[last] ?? query.layer);
  const wanted = (one: LayerScene["clusters"][number]): boolean =>
    query.label === null ? one.id === query.cluster : one.neurons.includes(query.label);
  let at = Math.max(0, start.clusters.findIndex(wanted));
  const stops: PathStop[] = [
    { column: last, layer: start.layer, cluster: start.clusters[at]?.id ?? "", share: 1, alternatives: [] },
  ];
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
      .map((i) => ({ cluster: from.clusters[i]?.id ?? "", share: shareOf(i) }));
    const cluster = from.clusters[at]?.id ?? "";
    stops.push({ column, layer: from.layer, cluster, share: shareOf(at), alternatives });
  }
  if (query.label !== null) stops.shift();
  return {
    version: 1,
    stale: "",
    start: query.label === null ? (query.cluster ?? "") : `class ${query.label}`,
    mode,
    stops,
  };
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
  result: null,
  error: "",
  remedy: "",
};
