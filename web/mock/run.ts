import type {
  ConnectionScene,
  GroupFacts,
  LayerGraph,
  LayerScene,
  NeuronScene,
  PatchScene,
  PathScene,
  RunEntry,
  Scene,
  TellingFact,
} from "../src/api/types.ts";
import { atlas, firing, labelOf, layerScene } from "./clusters.ts";
import { type ConnectionQuery, connectionScene, type PathQuery, pathScene } from "./connections.ts";
import { activationMap } from "./maps.ts";
import { network, type Plan, type PlanUnit } from "./network.ts";
import { type Pixels, picture } from "./pixels.ts";
import { hash, normal, seeded } from "./random.ts";
import { classGroups, type MatrixFacet, values } from "./values.ts";
import type { World } from "./world.ts";

/** An invented run with everything that the server would answer about it. */
export interface MockRun {
  entry: RunEntry;
  scene: Scene;
  graph: LayerGraph;
  layer(id: string): LayerScene;
  neuron(id: string): NeuronScene;
  atlas(layer: string): Pixels;
  /** Neurons × classes. */
  matrix(layer: string, facet: MatrixFacet): Float32Array;
  classOrder(layer: string, cluster: string): number[];
  image(sample: number): Pixels;
  connections(query: ConnectionQuery): ConnectionScene;
  path(query: PathQuery): PathScene;
}

export interface MockOptions {
  id: string;
  model: string;
  data: string;
  plan: Plan;
  classes: string[];
  complete?: boolean;
  warnings?: string[];
  /** Classes without images. */
  empty?: number[];
  /** Clusters of the hidden layers, where they are not to be invented. */
  members?: { members: number[]; never: boolean }[];
  /** A run that was analysed without contributions. */
  plain?: boolean;
  /** Every column is connected with every later one. */
  dense?: boolean;
}

function layerFacts(unit: PlanUnit): Scene["layers"][number] {
  return {
    id: unit.id,
    title: unit.id,
    detail: `${unit.neurons} neurons${unit.side ? ` · ${unit.side} × ${unit.side}` : ""}`,
    neurons: unit.neurons,
    map: unit.side ? [unit.side, unit.side] : [],
    field: unit.side ? `${unit.field} × ${unit.field} pixels` : "the whole image",
    active: 0.2 + (hash(unit.id) % 300) / 1000,
    never_active: layerDead(unit),
  };
}

function layerDead(unit: PlanUnit): number {
  return unit.side === 0 ? 0 : Math.floor(seeded(hash(unit.id))() * 1.6);
}

function tellingOf(groups: readonly GroupFacts[], { classes }: World): TellingFact[] {
  const [late, output] = [groups.at(-2), groups.at(-1)];
  const [one = "", other = ""] = classes;
  return [
    {
      text: `The commonest mistake: “${one}” taken for “${other}”, 31 of 500 images.`,
      layer: output?.layer ?? null,
      label: 0,
      answer: 1,
      neuron: null,
    },
    {
      text: `Neurons tell classes apart most in ${late?.title}: the class explains 48 % of how their activation varies between images; in ${groups[0]?.title} 3 %.`,
      layer: late?.layer ?? null,
      label: null,
      answer: null,
      neuron: null,
    },
  ];
}

function sceneOf(options: MockOptions, units: PlanUnit[], world: World): Scene {
  const stages = [...new Set(units.map((unit) => unit.stage))];
  const random = seeded(hash(options.id));
  const hidden = units.slice(0, -1);
  const groups = stages.map((stage) => {
    const own = units.filter((unit) => unit.stage === stage);
    const last = own.at(-1);
    if (!last) throw new Error("a stage has layers");
    const blocks = [...new Set(own.map((unit) => unit.block))].map((block) => {
      const inside = own.filter((unit) => unit.block === block);
      const layer = inside.at(-1)?.id ?? "";
      const title = block;
      return { id: `block:${block}`, title, detail: `${inside.length} layers`, layer, layers: inside.map((u) => u.id) };
    });
    const output = last.side === 0;
    return {
      id: `group:${last.block.split(".")[0]}`,
      title: last.block.split(".")[0] ?? "",
      detail: output
        ? `${last.neurons} classes`
        : `${own.length} layers · ${last.neurons} neurons · ${last.side} × ${last.side}`,
      layer: last.id,
      layers: own.map((unit) => unit.id),
      blocks: output ? [] : blocks,
      output,
    };
  });
  return {
    version: 2,
    run: {
      id: options.id,
      name: options.id,
      model: options.model,
      data: options.data,
      created: "2026-11-23T12:00:00Z",
      images_seen: options.complete === false ? 1280 : 5000,
      images_total: 5000,
      complete: options.complete !== false,
      labelled: true,
      by_prediction: false,
      accuracy: 0.915,
      parameters: 269722,
      neurons: hidden.reduce((sum, unit) => sum + unit.neurons, 0),
      layers: hidden.length,
      step: 0,
      warnings: options.warnings ?? [],
      recorded: false,
    },
    classes: world.classes.map((name, index) => ({
      index,
      name,
      images: world.empty.has(index) ? 0 : 500,
      recall: world.empty.has(index) ? null : 0.8 + random() * 0.19,
    })),
    class_order: world.classes.map((_, index) => index),
    groups,
    class_groups: classGroups(world.classes),
    flow: groups.slice(1).map((_, index) => [index, index + 1]),
    layers: units.map(layerFacts),
    telling: tellingOf(groups, world),
    connected: true,
    examples: Array.from({ length: 10 }, (_, sample) => ({
      sample,
      image: `api/runs/${options.id}/image?sample=${sample}`,
      size: [world.image, world.image],
      label: labelOf(world, sample),
    })),
  };
}

function neuronScene(world: World, unit: PlanUnit, neuron: number, layer: LayerScene): NeuronScene {
  const random = seeded(hash(`${unit.id}:${neuron}`));
  const cluster = layer.clusters.find((one) => one.neurons.includes(neuron));
  const never = cluster?.never_active ?? false;
  const profile = world.classes.map((_, c) =>
    Math.max(0, 0.4 + (cluster?.profile[c] ?? 0) * 0.3 + normal(random) * 0.05),
  );
  return {
    version: 2,
    id: `${unit.id}:${neuron}`,
    layer: unit.id,
    neuron,
    cluster: cluster?.id ?? "",
    mean: never ? 0 : 0.42,
    deviation: never ? 0 : 0.31,
    minimum: 0,
    maximum: never ? 0 : 3.2,
    active: never ? 0 : 0.37,
    nonfinite: 0,
    contributions: never ? null : profile.map((value) => value / 4 - 0.1),
    suppressed: [],
    profile: never ? profile.map(() => 0) : profile,
    patches: never ? [] : Array.from({ length: 9 }, (_, place) => patchScene(world, unit, neuron, place)),
    typical: never
      ? []
      : [0.75, 0.5, 0.25].map((quantile, place) => ({
          ...patchScene(world, unit, neuron, 20 + place, quantile),
          quantile,
        })),
    least: never ? [] : [0, 1, 2].map((place) => patchScene(world, unit, neuron, 30 + place, 0)),
  };
}

function patchScene(world: World, unit: PlanUnit, neuron: number, place: number, strength?: number): PatchScene {
  const random = seeded(hash(`${unit.id}:${neuron}:${place}:seen`));
  const { sample, field, box } = firing(world, unit, neuron, place);
  const label = labelOf(world, sample);
  const [left = 0, top = 0, right = 0, bottom = 0] = box;
  const value = strength === undefined ? 4.1 - place * 0.21 : 4 * strength - 0.3;
  return {
    sample,
    value,
    image: `image?sample=${sample}`,
    size: [world.image, world.image],
    box: [left, top, right, bottom],
    field,
    label,
    predicted: random() > 0.15 ? label : (label + 1) % world.classes.length,
    map: activationMap(unit.side, world.image, [left, top, right, bottom], Math.max(0, value)),
    mean: Math.max(0, value) / 4,
    quantile: null,
  };
}

export function mockRun(options: MockOptions): MockRun {
  const { graph, units } = network(options.plan);
  const world: World = {
    classes: options.classes,
    image: options.plan.image,
    samples: 5000,
    empty: new Set(options.empty ?? []),
  };
  if (options.members) for (const unit of units) if (unit.side > 0) unit.members = options.members;
  const scene = sceneOf(options, units, world);
  const find = (id: string): PlanUnit => {
    const unit = units.find((one) => one.id === id);
    if (!unit) throw new Error(`no layer ${id} in this run`);
    return unit;
  };
  const { id, name } = scene.run;
  const known = new Map<string, LayerScene>();
  const layer = (id: string): LayerScene => {
    const made = known.get(id) ?? layerScene(world, find(id));
    known.set(id, made);
    return options.plain ? { ...made, matrices: made.matrices.slice(0, 1) } : made;
  };
  return {
    entry: {
      id,
      name,
      detail: `${options.model} · ${options.data}`,
      created: scene.run.created,
      error: "",
      read_only: false,
    },
    scene,
    graph,
    layer,
    neuron: (identity) => {
      const unit = find(identity.slice(0, identity.lastIndexOf(":")));
      return neuronScene(world, unit, Number(identity.slice(identity.lastIndexOf(":") + 1)), layer(unit.id));
    },
    atlas: (layer) => atlas(world, find(layer)),
    matrix: (id, facet) => values(world, find(id), layer(id), facet),
    classOrder: (id, cluster) => {
      const profile = layer(id).clusters.find((one) => one.id === cluster)?.profile ?? [];
      return world.classes.map((_, c) => c).sort((a, b) => (profile[b] ?? -9) - (profile[a] ?? -9) || a - b);
    },
    image: (sample) => picture(sample, labelOf(world, sample), world.image, world.image),
    connections: (query) => connectionScene(layer, query, options.dense ? "all" : "few"),
    path: (query) => pathScene(layer, query),
  };
}
