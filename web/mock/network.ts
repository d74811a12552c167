import type { Edge, Layer, LayerGraph, Unit } from "../src/api/types.ts";

/** A residual network in outline: what the invented runs are made from. */
export interface Plan {
  stages: { title: string; blocks: number; neurons: number; side: number; field: number }[];
  image: number;
  classes: number;
}

/** One layer of neurons of the plan, with what its patches need. */
export interface PlanUnit {
  id: string;
  block: string;
  stage: number;
  neurons: number;
  side: number;
  field: number;
  layers: string[];
  /** Clusters as a plan asks for them; else invented. */
  members?: { members: number[]; never: boolean }[];
}

interface Drawing {
  layers: Layer[];
  edges: Edge[];
  units: Unit[];
  plan: PlanUnit[];
}

type Partial = Pick<Layer, "id" | "op" | "kind" | "shape"> & { attributes?: Layer["attributes"]; parameters?: number };

function push(to: Drawing, layer: Partial, sources: string[], field: number): string {
  to.layers.push({
    path: layer.id.split("/")[0] ?? "",
    event: layer.id,
    channel_axis: 0,
    spatial_axes: layer.shape.length > 1 ? [1, 2] : [],
    field: {
      status: "exact",
      y: { start: [0, 1], size: [field, 1], stride: [1, 1] },
      x: { start: [0, 1], size: [field, 1], stride: [1, 1] },
    },
    parameters: 0,
    attributes: {},
    ...layer,
  });
  for (const source of sources) {
    const shape = to.layers.find((other) => other.id === source)?.shape ?? [];
    to.edges.push({ source, target: layer.id, shape });
  }
  return layer.id;
}

function unit(to: Drawing, members: string[], role: Unit["role"], facts: Omit<PlanUnit, "id" | "layers">): void {
  const id = members.at(-1) ?? "";
  const before = members.at(-2) ?? id;
  to.units.push({ id, before, members, role, activation: role === "linear" ? null : "relu", neurons: facts.neurons });
  to.plan.push({ ...facts, id, layers: members });
}

function convolution(to: Drawing, path: string, n: number, from: string, shape: number[], field: number): string {
  const prefix = path === "" ? "" : `${path}.`;
  const channels = shape[0] ?? 0;
  const attributes = { kernel_size: [3, 3], stride: [1, 1], padding: [1, 1] };
  const parameters = channels * channels * 9;
  const conv = push(
    to,
    { id: `${prefix}conv${n}`, op: "conv2d", kind: "conv", shape, attributes, parameters },
    [from],
    field,
  );
  return push(
    to,
    { id: `${prefix}bn${n}`, op: "batch_norm", kind: "norm", shape, parameters: 2 * channels },
    [conv],
    field,
  );
}

export function network(plan: Plan): { graph: LayerGraph; units: PlanUnit[] } {
  const to: Drawing = { layers: [], edges: [], units: [], plan: [] };
  const first = plan.stages[0];
  if (!first) throw new Error("a plan needs a stage");
  let last = push(to, { id: "input", op: "input", kind: "input", shape: [3, plan.image, plan.image] }, [], 1);
  const stem = [first.neurons, first.side, first.side];
  const bn = convolution(to, "", 1, last, stem, 3);
  last = push(to, { id: "relu#1", op: "relu", kind: "activation", shape: stem }, [bn], 3);
  unit(to, ["conv1", "bn1", last], "conv", {
    block: "conv1",
    stage: 0,
    neurons: first.neurons,
    side: first.side,
    field: 3,
  });
  plan.stages.forEach((stage, s) => {
    for (let b = 0; b < stage.blocks; b++) {
      const path = `layer${s + 1}.${b}`;
      const shape = [stage.neurons, stage.side, stage.side];
      const field = Math.min(stage.field, Math.round(5 + (stage.field * (b + 1)) / stage.blocks));
      const facts = { block: path, stage: s, neurons: stage.neurons, side: stage.side, field };
      const one = convolution(to, path, 1, last, shape, field);
      const inner = push(to, { id: `${path}/relu#1`, op: "relu", kind: "activation", shape }, [one], field);
      unit(to, [`${path}.conv1`, one, inner], "conv", facts);
      const two = convolution(to, path, 2, inner, shape, field);
      let skip = last;
      if (b === 0 && s > 0) skip = push(to, { id: `${path}.shortcut`, op: "pad", kind: "shape", shape }, [last], field);
      const add = push(to, { id: `${path}/add#1`, op: "add", kind: "merge", shape }, [two, skip], field);
      last = push(to, { id: `${path}/relu#2`, op: "relu", kind: "activation", shape }, [add], field);
      unit(to, [last], "merge", facts);
    }
  });
  const wide = plan.stages.at(-1)?.neurons ?? 0;
  last = push(to, { id: "avg_pool2d#1", op: "avg_pool2d", kind: "pool", shape: [wide, 1, 1] }, [last], plan.image);
  last = push(to, { id: "flatten#1", op: "flatten", kind: "shape", shape: [wide] }, [last], plan.image);
  const output = {
    id: "linear",
    op: "linear",
    kind: "linear",
    shape: [plan.classes],
    parameters: wide * plan.classes,
  } as const;
  last = push(to, { ...output, shape: [...output.shape] }, [last], plan.image);
  unit(to, [last], "linear", {
    block: "linear",
    stage: plan.stages.length,
    neurons: plan.classes,
    side: 0,
    field: plan.image,
  });
  const { layers, edges, units } = to;
  return { graph: { version: 1, layers, edges, units, output: last, failure: null, notes: [] }, units: to.plan };
}
