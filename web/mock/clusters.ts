import type { ClusterScene, LayerScene } from "../src/api/types.ts";
import type { PlanUnit } from "./network.ts";
import { packing } from "./packing.ts";
import { blank, type Pixels, picture, stamp } from "./pixels.ts";
import { hash, normal, seeded } from "./random.ts";
import { matrixFacts } from "./values.ts";
import type { World } from "./world.ts";

export const labelOf = (world: World, sample: number): number => (sample * 7 + 3) % world.classes.length;

/** Where a neuron fired: sample and box, fixed by its id. */
export function firing(world: World, unit: PlanUnit, neuron: number, place: number) {
  const random = seeded(hash(`${unit.id}:${neuron}:${place}`));
  const sample = Math.floor(random() * world.samples);
  const left = Math.round(random() * (world.image + unit.field / 2) - unit.field * 0.75);
  const top = Math.round(random() * (world.image + unit.field / 2) - unit.field * 0.75);
  const whole = unit.side === 0;
  const field: [number, number, number, number] = whole
    ? [0, 0, world.image, world.image]
    : [left, top, left + unit.field, top + unit.field];
  const clip = (value: number) => Math.max(0, Math.min(world.image, value));
  const box: [number, number, number, number] = [clip(field[0]), clip(field[1]), clip(field[2]), clip(field[3])];
  if (box[2] - box[0] < 2 || box[3] - box[1] < 2)
    return { sample, field: box, box: [0, 0, unit.field, unit.field].map(clip) };
  return { sample, field, box };
}

function atlasPlan(unit: PlanUnit, world: World): { columns: number; cell: number; rows: number } {
  const cell = Math.max(3, Math.min(unit.field, world.image, 96));
  const columns = Math.ceil(Math.sqrt(unit.neurons));
  return { columns, cell, rows: Math.ceil(unit.neurons / columns) };
}

/** Which neurons belong together; those that never fire last. */
function memberships(unit: PlanUnit, random: () => number): { members: number[]; never: boolean }[] {
  if (unit.members) return unit.members;
  const k = unit.neurons <= 10 ? Math.min(4, unit.neurons) : Math.min(8, 3 + Math.floor(unit.neurons / 14));
  const dead = unit.side === 0 ? 0 : Math.floor(random() * 1.6);
  const groups: number[][] = Array.from({ length: k }, () => []);
  for (let n = dead; n < unit.neurons; n++) groups[Math.floor(random() ** 1.3 * k)]?.push(n);
  const filled = groups.filter((members) => members.length > 0).map((members) => ({ members, never: false }));
  return dead > 0 ? [...filled, { members: Array.from({ length: dead }, (_, i) => i), never: true }] : filled;
}

/** High for two classes; where there are many classes, for their neighbours too. */
function profileOf(world: World, favourite: number, second: number, random: () => number): (number | null)[] {
  const spread = world.classes.length > 40 ? 22 : 0.4;
  return world.classes.map((_, c) => {
    if (world.empty.has(c)) return null;
    const near = (to: number): number => Math.exp(-(((c - to) / spread) ** 2));
    return 1.85 * near(favourite) + 1.1 * near(second) - 0.25 + normal(random) * 0.3;
  });
}

export function layerScene(world: World, unit: PlanUnit): LayerScene {
  const random = seeded(hash(unit.id));
  const { columns, cell, rows } = atlasPlan(unit, world);
  const spriteOf = (neuron: number): [number, number, number, number] => [
    (neuron % columns) * cell,
    Math.floor(neuron / columns) * cell,
    cell,
    cell,
  ];
  const clusters = memberships(unit, random).map(({ members, never }, index): ClusterScene => {
    const favourite = Math.floor(random() * world.classes.length);
    const second = (favourite + 1 + Math.floor(random() * 3)) % world.classes.length;
    const profile = profileOf(world, favourite, second, random);
    const early = unit.stage === 0;
    return {
      id: `c${index + 1}`,
      title: never
        ? "never active"
        : early
          ? `cluster ${index + 1}`
          : [favourite, second].map((c) => world.classes[c]).join(", "),
      found: "",
      classes: never || early ? [] : [favourite, second],
      never_active: never,
      agreement: never ? null : 0.6 + random() * 0.39,
      profile: never ? profile.map((value) => (value === null ? null : 0)) : profile,
      neurons: members,
      sprites: members.map((neuron) => (never ? null : spriteOf(neuron))),
      ranks: members.map(() => (never ? null : 1)),
      packings: (["activation", "contribution", "uniform"] as const).map((one) => packing(one, members.length, random)),
      alike: null,
    };
  });
  return {
    version: 2,
    layer: unit.id,
    clustering: {
      method: "ward",
      k: clusters.length,
      automatic: true,
      feature: "class profiles, each against the neuron's own mean and deviation",
      silhouette: 0.31,
      stability: 0.78,
    },
    clusters,
    atlas: `atlas?layer=${encodeURIComponent(unit.id)}`,
    atlas_size: [columns * cell, rows * cell],
    sizes: (["activation", "contribution", "uniform"] as const).map((importance) => ({
      importance,
      typical: importance === "uniform" ? 1 : 0.8 + unit.stage,
    })),
    matrices: (["activations", "contributions"] as const).map((facet) => matrixFacts(unit, facet)),
  };
}

export function atlas(world: World, unit: PlanUnit): Pixels {
  const { columns, cell, rows } = atlasPlan(unit, world);
  const out = blank(columns * cell, rows * cell);
  for (let n = 0; n < unit.neurons; n++) {
    const { sample, box } = firing(world, unit, n, 0);
    const source = picture(sample, labelOf(world, sample), world.image, world.image);
    stamp(out, [(n % columns) * cell, Math.floor(n / columns) * cell, cell, cell], source, box);
  }
  return out;
}
