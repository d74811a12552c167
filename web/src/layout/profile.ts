import type { Scene } from "../api/types.ts";

/** One bar of a class profile: the share of the strip's height it takes, up or down from 0. */
export interface Bar {
  x: number;
  width: number;
  /** -1…1; null where there is no image. */
  value: number | null;
  /** The class it shows; of several in one bar the one farthest from 0. */
  index: number;
  /** Classes in this bar. */
  classes: number;
}

/** Largest distance from 0 over profiles that are drawn on one scale. */
export function largest(profiles: readonly (readonly (number | null)[])[]): number {
  let most = 0;
  for (const profile of profiles) for (const value of profile) most = Math.max(most, Math.abs(value ?? 0));
  return most;
}

/** Bars in the scene's class order; neighbouring classes share a bar where they would be too thin to see. */
export function profileBars(
  profile: readonly (number | null)[],
  order: readonly number[],
  width: number,
  most: number,
): Bar[] {
  const LEAST = 2.5;
  const bins = Math.max(1, Math.min(order.length, Math.floor(width / LEAST)));
  const pitch = width / bins;
  const gap = pitch > 6 ? 2 : pitch > 3.5 ? 1 : 0.5;
  return Array.from({ length: bins }, (_, bin) => {
    const members = order.slice(Math.floor((bin * order.length) / bins), Math.floor(((bin + 1) * order.length) / bins));
    let index = members[0] ?? 0;
    for (const one of members) {
      if (Math.abs(profile[one] ?? 0) > Math.abs(profile[index] ?? 0) || (profile[index] ?? null) === null) index = one;
    }
    const raw = profile[index] ?? null;
    const value = raw === null ? null : most > 0 ? Math.max(-1, Math.min(1, raw / most)) : 0;
    return { x: bin * pitch, width: pitch - gap, value, index, classes: members.length };
  });
}

/** The scene's class order without the classes that no image has. */
export const presentOrder = (scene: Scene): number[] =>
  scene.class_order.filter((index) => (scene.classes[index]?.images ?? 0) > 0);

/** The classes a profile is highest for, strongest first. */
export function strongest(profile: readonly (number | null)[], limit: number): number[] {
  return profile
    .map((value, index) => ({ value, index }))
    .filter((one): one is { value: number; index: number } => one.value !== null)
    .sort((a, b) => b.value - a.value || a.index - b.index)
    .slice(0, limit)
    .map((one) => one.index);
}
