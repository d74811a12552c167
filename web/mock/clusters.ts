import type { ClusterScene, LayerScene, Tile } from "../src/api/types.ts";
import type { PlanUnit } from "./network.ts";
import { blank, type Pixels, picture, stamp } from "./pixels.ts";
import { hash, normal, type Random, seeded } from "./random.ts";

export interface World {
  classes: string[];
  image: number;
  samples: number;
}

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

function packing(members: number[], random: Random): { width: number; height: number; tiles: Omit<Tile, "sprite">[] } {
  const columns = Math.max(1, Math.min(members.length, Math.ceil(Math.sqrt(members.length * 2.2))));
  const big = members.length > 4 && random() > 0.4;
  const tiles = members.map((neuron, i) => ({ neuron, x: (i % columns) * 2, y: Math.floor(i / columns) * 2, side: 2 }));
  if (big && columns > 3) for (const tile of tiles.slice(-2)) tile.side = 1;
  return { width: columns * 2, height: Math.ceil(members.length / columns) * 2, tiles };
}

function atlasPlan(unit: PlanUnit, world: World): { columns: number; cell: number; rows: number } {
  const cell = Math.max(3, Math.min(unit.field, world.image, 96));
  const columns = Math.ceil(Math.sqrt(unit.neurons));
  return { columns, cell, rows: Math.ceil(unit.neurons / columns) };
}

export function layerScene(world: World, unit: PlanUnit): LayerScene {
  const random = seeded(hash(unit.id));
  const { columns, cell, rows } = atlasPlan(unit, world);
  const k = unit.neurons <= 10 ? 4 : Math.min(8, 3 + Math.floor(unit.neurons / 14));
  const dead = unit.side === 0 ? 0 : Math.floor(random() * 1.6);
  const groups: number[][] = Array.from({ length: k }, () => []);
  for (let n = dead; n < unit.neurons; n++) groups[Math.floor(random() ** 1.3 * k)]?.push(n);
  const clusters: ClusterScene[] = [];
  const filled = groups.filter((members) => members.length > 0);
  const all = dead > 0 ? [...filled, Array.from({ length: dead }, (_, i) => i)] : filled;
  all.forEach((members, index) => {
    const never = dead > 0 && index === all.length - 1;
    const favourite = Math.floor(random() * world.classes.length);
    const second = (favourite + 1 + Math.floor(random() * 3)) % world.classes.length;
    const profile = world.classes.map(
      (_, c) => (c === favourite ? 1.6 : c === second ? 0.9 : -0.25) + normal(random) * 0.3,
    );
    const early = unit.stage === 0;
    const packed = packing(members, random);
    clusters.push({
      id: `${unit.id}@${index}`,
      title: never
        ? "never active"
        : early
          ? `cluster ${index + 1}`
          : [favourite, second].map((c) => world.classes[c]).join(", "),
      classes: never || early ? [] : [favourite, second],
      never_active: never,
      agreement: never ? null : 0.6 + random() * 0.39,
      profile: never ? profile.map(() => 0) : profile,
      ...packed,
      tiles: packed.tiles.map((tile) => ({
        ...tile,
        sprite: never ? null : [(tile.neuron % columns) * cell, Math.floor(tile.neuron / columns) * cell, cell, cell],
      })),
    });
  });
  return {
    version: 1,
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
