/** A small seeded generator, so that the invented runs are the same on every machine. */
export type Random = () => number;

export function seeded(seed: number): Random {
  let state = (seed * 2654435761 + 0x9e3779b9) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export function hash(text: string): number {
  let value = 2166136261;
  for (const letter of text) value = Math.imul(value ^ (letter.codePointAt(0) ?? 0), 16777619);
  return value >>> 0;
}

/** Roughly normal, mean 0, deviation 1. */
export function normal(random: Random): number {
  return (random() + random() + random() + random() - 2) * 1.73;
}
