/** Where a large matrix is looked at: the cell in its upper left corner, in parts of cells, and the size of a cell in pixels. */
export interface MatrixLook {
  column: number;
  row: number;
  width: number;
  height: number;
}

/** The matrix of a whole layer; its classes in the scene's order, or in the best one for a cluster. */
export interface LargeMatrix {
  layer: string;
  order: string | null;
  /** Whether numbers are read instead of colours. */
  numbers?: boolean;
  /** Left out: all of it is shown. */
  look?: MatrixLook;
}

/** Precise enough that a link shows the same cells. */
const lookText = ({ column, row, width, height }: MatrixLook): string =>
  [column, row, width, height].map((one) => Number(one.toFixed(4))).join(",");

function parseLook(text: string | null): MatrixLook | null {
  const [column, row, width, height] = (text ?? "").split(",").map(Number);
  if (column === undefined || row === undefined || width === undefined || height === undefined) return null;
  return column >= 0 && row >= 0 && width > 0 && height > 0 ? { column, row, width, height } : null;
}

export function readMatrix(query: URLSearchParams): LargeMatrix | null {
  const layer = query.get("matrix");
  if (layer === null) return null;
  const look = parseLook(query.get("cells"));
  return {
    layer,
    order: query.get("order"),
    ...(query.has("numbers") && { numbers: true }),
    ...(look && { look }),
  };
}

export function writeMatrix(query: URLSearchParams, matrix: LargeMatrix | null): void {
  if (!matrix) return;
  query.set("matrix", matrix.layer);
  if (matrix.order !== null) query.set("order", matrix.order);
  if (matrix.numbers) query.set("numbers", "");
  if (matrix.look) query.set("cells", lookText(matrix.look));
}

/** What of it deserves an entry in the browser's history: where one looks does not. */
export const matrixStep = (matrix: LargeMatrix | null): LargeMatrix | null =>
  matrix && { layer: matrix.layer, order: matrix.order, numbers: matrix.numbers ?? false };
