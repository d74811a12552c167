import type { MatrixFacts } from "../api/types.ts";
import type { MatrixColumn } from "../layout/matrix/columns.ts";
import { gridOf, type Matrix } from "../layout/matrix/grid.ts";
import { type Normalisation, rangesOf } from "../layout/matrix/scale.ts";
import { nonePixel, rampPixels } from "../theme/ramps.ts";
import type { Theme } from "../theme/theme.ts";
import { MatrixImage } from "./matrixImage.ts";

export interface MatrixParts {
  matrix: Matrix;
  facts: MatrixFacts;
  rows: readonly number[];
  columns: readonly MatrixColumn[];
  normalisation: Normalisation;
  theme: Theme;
}

/** The picture of some rows of a layer's matrix, in the order given. */
export function makeMatrixImage({ matrix, facts, rows, columns, normalisation, theme }: MatrixParts): MatrixImage {
  const values = gridOf(matrix, rows, columns);
  const diverging = facts.facet === "contributions";
  const ramp = rampPixels(theme, diverging ? "signed" : "amount");
  return new MatrixImage(values, rangesOf(matrix, rows, facts, normalisation), {
    ramp,
    none: nonePixel(theme),
    diverging,
  });
}
