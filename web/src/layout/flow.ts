import type { Flow, LayerScene } from "../api/types.ts";

/** A cluster at one side: a bar as high as it has neurons. */
export interface FlowBar {
  id: string;
  title: string;
  neurons: number;
  y: number;
  height: number;
}

/** Neurons that a cluster and a new one share: from one bar to the other, as high as its part of each. */
export interface FlowBand {
  source: string;
  target: string;
  neurons: number;
  /** Top and height at the left, and at the right. */
  from: readonly [y: number, height: number];
  to: readonly [y: number, height: number];
  /** Whether the cluster is the same before and after. */
  stays: boolean;
}

export interface FlowPicture {
  before: FlowBar[];
  after: FlowBar[];
  bands: FlowBand[];
}

/** A bar is at least so high that its words have room, and bars are so far apart. */
const LEAST = 13;
const GAP = 6;

/** Heights in proportion to numbers, none below the least, that fill the room. */
function heightsOf(numbers: readonly number[], room: number): number[] {
  const free = room - GAP * Math.max(0, numbers.length - 1);
  const least = Math.min(LEAST, free / Math.max(1, numbers.length));
  const heights = (scale: number): number[] => numbers.map((one) => Math.max(least, one * scale));
  const sum = (values: readonly number[]): number => values.reduce((total, one) => total + one, 0);
  let [low, high] = [0, free / Math.max(1, Math.min(...numbers.filter((one) => one > 0)))];
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    if (sum(heights(middle)) > free) high = middle;
    else low = middle;
  }
  return heights(low);
}

type Sized = Pick<LayerScene["clusters"][number], "id" | "title" | "neurons">;

function barsOf(clusters: readonly Sized[], room: number): FlowBar[] {
  const heights = heightsOf(
    clusters.map((one) => one.neurons.length),
    room,
  );
  let y = 0;
  return clusters.map(({ id, title, neurons }, index) => {
    const height = heights[index] ?? 0;
    const bar = { id, title, neurons: neurons.length, y, height };
    y += height + GAP;
    return bar;
  });
}

/** Old clusters at the left as they come, new ones at the right where most of their neurons come from. */
export function flowPicture(
  { before, after, flows }: { before: readonly Sized[]; after: readonly Sized[]; flows: readonly Flow[] },
  height: number,
): FlowPicture {
  const left = barsOf(before, height);
  const middle = new Map(left.map((bar) => [bar.id, bar.y + bar.height / 2]));
  const origin = (id: string): number => {
    const own = flows.filter((flow) => flow.target === id);
    const neurons = own.reduce((sum, flow) => sum + flow.neurons, 0);
    return own.reduce((sum, flow) => sum + flow.neurons * (middle.get(flow.source) ?? 0), 0) / Math.max(1, neurons);
  };
  const right = barsOf(
    [...after].sort((a, b) => origin(a.id) - origin(b.id)),
    height,
  );
  return { before: left, after: right, bands: bandsOf(flows, left, right) };
}

function bandsOf(flows: readonly Flow[], left: readonly FlowBar[], right: readonly FlowBar[]): FlowBand[] {
  const place = (bars: readonly FlowBar[]) => new Map(bars.map((bar, index) => [bar.id, { bar, index }]));
  const [sources, targets] = [place(left), place(right)];
  // Curves leave and enter in the order of where they go and come from, so that those of one bar never cross.
  const ends = (side: typeof sources, own: "source" | "target", other: typeof sources, theirs: "source" | "target") => {
    const at = new Map<Flow, [number, number]>();
    for (const { bar } of side.values()) {
      const inside = flows
        .filter((flow) => flow[own] === bar.id)
        .sort((a, b) => (other.get(a[theirs])?.index ?? 0) - (other.get(b[theirs])?.index ?? 0));
      let { y } = bar;
      for (const flow of inside) {
        const height = (bar.height * flow.neurons) / Math.max(1, bar.neurons);
        at.set(flow, [y, height]);
        y += height;
      }
    }
    return at;
  };
  const starts = ends(sources, "source", targets, "target");
  const stops = ends(targets, "target", sources, "source");
  return flows.flatMap((flow) => {
    const [from, to] = [starts.get(flow), stops.get(flow)];
    return from && to ? [{ ...flow, from, to, stays: flow.source === flow.target }] : [];
  });
}

/** The outline of a band between two heights of a picture, as an SVG path. */
export function bandPath({ from, to }: Pick<FlowBand, "from" | "to">, x0: number, x1: number): string {
  const middle = (x0 + x1) / 2;
  const n = (value: number): string => value.toFixed(1);
  const [top0, bottom0] = [n(from[0]), n(from[0] + from[1])];
  const [top1, bottom1] = [n(to[0]), n(to[0] + to[1])];
  const m = n(middle);
  return `M${n(x0)} ${top0}C${m} ${top0} ${m} ${top1} ${n(x1)} ${top1}V${bottom1}C${m} ${bottom1} ${m} ${bottom0} ${n(x0)} ${bottom0}Z`;
}
