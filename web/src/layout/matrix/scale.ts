import type { MatrixFacts } from "../../api/types.ts";
import type { Normalisation } from "../../state/viewState.ts";
import type { Grid, Matrix } from "./grid.ts";

export type { Normalisation };

/** The values at the two ends of the colours. */
export interface Range {
  low: number;
  high: number;
}

/** One range for the whole layer: around 0 for contributions, else from 0 or the least value to the largest usual. */
export function layerRange(facts: MatrixFacts): Range {
  if (facts.facet === "contributions") return { low: -facts.limit, high: facts.limit };
  const low = Math.min(0, facts.minimum ?? 0);
  return { low: Math.max(low, -facts.limit), high: facts.limit };
}

/** Rows of fewer classes have no range of their own: whatever they hold, one end would be light and the other dark. */
const FEWEST = 3;

/** What the user chose, unless there are too few classes for it. */
export const normalisationFor = (chosen: Normalisation, classes: number): Normalisation =>
  classes < FEWEST ? "layer" : chosen;

/**
 * The range of one neuron over every class of the data: around 0 for contributions, else from its least to its largest
 * value. It does not depend on which classes are shown, or together with which others: opening a group recolours nothing.
 */
export function neuronRange({ classes, values }: Matrix, neuron: number, diverging: boolean): Range {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = neuron * classes; i < (neuron + 1) * classes; i++) {
    const value = values[i] as number;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return { low: 0, high: 0 };
  if (!diverging) return { low, high };
  const most = Math.max(Math.abs(low), Math.abs(high));
  return { low: -most, high: most };
}

/** The range of each row of neurons. */
export function rangesOf(
  matrix: Matrix,
  neurons: readonly number[],
  facts: MatrixFacts,
  normalisation: Normalisation,
): Range[] {
  if (normalisation === "layer") return new Array<Range>(neurons.length).fill(layerRange(facts));
  const diverging = facts.facet === "contributions";
  return neurons.map((neuron) => neuronRange(matrix, neuron, diverging));
}

/** The same grid with places on the ramp instead of values: 0 to 1, NaN where there is no image. One range per row. */
export function sharesOf(grid: Grid, ranges: readonly Range[], diverging: boolean): Grid {
  const from = grid.values;
  const values = new Float32Array(from.length);
  for (let row = 0; row < grid.rows; row++) {
    const { low, high } = ranges[row] as Range;
    // In a range without length every value lies at its low end, or in its middle.
    const flat = high <= low;
    const [factor, offset] = flat ? [0, diverging ? 0.5 : 0] : [1 / (high - low), -low / (high - low)];
    const end = (row + 1) * grid.columns;
    for (let i = row * grid.columns; i < end; i++) {
      const share = (from[i] as number) * factor + offset;
      values[i] = Math.max(0, Math.min(1, share));
    }
  }
  return { rows: grid.rows, columns: grid.columns, values };
}

/** The colours of a grid of shares, as the bytes of pixels; `none` where there is no image. */
export function painted(shares: Grid, ramp: Uint32Array, none: number): Uint32Array<ArrayBuffer> {
  const out = new Uint32Array(shares.values.length);
  const last = ramp.length - 1;
  const from = shares.values;
  for (let i = 0; i < out.length; i++) {
    const share = from[i] as number;
    out[i] = share >= 0 ? (ramp[(share * last + 0.5) | 0] as number) : none;
  }
  return out;
}
