/** Numbers and names as a person reads them. */

const DASH = "–";

/** 5000 → "5,000". */
export const count = (value: number): string => value.toLocaleString("en-US");

/** `count(1, "neuron")` → "1 neuron". */
export const counted = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;

/** 0.915 → "91.5 %"; null → a dash. */
export function percent(share: number | null, digits = 1): string {
  return share === null ? DASH : `${(100 * share).toFixed(digits)} %`;
}

/** Three digits that matter: 0.0123, 4.56, 1,230. */
export function number(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return DASH;
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString("en-US").replace("-", "−");
  if (size < 0.001) return value.toExponential(1).replace("-", "−").replace("e−", "e-");
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.01 ? 2 : 4;
  return value.toFixed(digits).replace("-", "−");
}

/** With its sign, for values around 0. */
export const signed = (value: number | null): string =>
  value !== null && value > 0 ? `+${number(value)}` : number(value);

/** [64, 8, 8] → "64 × 8 × 8". */
export const shape = (sizes: readonly number[]): string => (sizes.length === 0 ? "one value" : sizes.join(" × "));

/** 269722 → "270 thousand", 25557032 → "25.6 million". */
export function large(value: number): string {
  if (value >= 1e6) return `${(value / 1e6).toFixed(1)} million`;
  if (value >= 1e4) return `${Math.round(value / 1e3)} thousand`;
  return count(value);
}
