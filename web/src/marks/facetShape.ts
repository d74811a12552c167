import type { Tile } from "../layout/packing.ts";
import { drawMatrix, type MatrixPicture } from "./drawMatrix.ts";
import { drawTile, drawTiles, type TilePicture, tileSquare } from "./drawTiles.ts";

/** A cluster as it is drawn in one facet, on a canvas that may show a part of it. */
export type FacetShape =
  | { kind: "tiles"; key: string; picture: TilePicture }
  | { kind: "matrix"; key: string; picture: MatrixPicture; neurons: readonly number[] };

interface Point {
  x: number;
  y: number;
}

type Box = [number, number, number, number];

export function drawShape(context: CanvasRenderingContext2D, shape: FacetShape, origin: Point): void {
  if (shape.kind === "tiles") drawTiles(context, shape.picture, origin);
  else drawMatrix(context, shape.picture, origin);
}

/** Where each neuron is drawn: its square, or its row. */
function boxes(shape: FacetShape): Map<number, Box> {
  if (shape.kind === "tiles") {
    const { tiles, cell } = shape.picture;
    return new Map(
      tiles.map((tile): [number, Box] => {
        const [x, y, side] = tileSquare(tile, cell);
        return [tile.neuron, [x, y, side, side]];
      }),
    );
  }
  const { frame, ratio } = shape.picture;
  return new Map(
    shape.neurons.map((neuron, row): [number, Box] => [
      neuron,
      [
        frame.left * ratio,
        (frame.top + row * frame.cell.height) * ratio,
        frame.columns * frame.cell.width * ratio,
        Math.max(1, frame.cell.height * ratio),
      ],
    ]),
  );
}

/** One neuron as the shape draws it, in a box on the way. */
function piece(shape: FacetShape): (context: CanvasRenderingContext2D, neuron: number, box: Box) => void {
  if (shape.kind === "matrix") {
    const rows = new Map(shape.neurons.map((neuron, row) => [neuron, row]));
    return (context, neuron, box) => {
      const row = rows.get(neuron);
      if (row !== undefined) shape.picture.image.drawRow(context, row, box);
    };
  }
  const tiles = new Map<number, Tile>(shape.picture.tiles.map((tile) => [tile.neuron, tile]));
  return (context, neuron, [x, y, width, height]) => {
    const tile = tiles.get(neuron);
    const side = Math.max(1, Math.min(width, height));
    // The patch stays a square at the row's left end while it becomes the row.
    if (tile) drawTile(context, [x, y, side], tile.sprite, shape.picture);
  };
}

/** More neurons than this only fade: their ways could not be followed anyway. */
const FOLLOWED = 600;

/** A facet on its way to another: every neuron goes from its old place to its new one. */
export function drawBetween(
  context: CanvasRenderingContext2D,
  [from, to]: [FacetShape, FacetShape],
  share: number,
  origin: Point,
): void {
  const [before, after] = [boxes(from), boxes(to)];
  if (after.size > FOLLOWED || (from.kind === "matrix" && to.kind === "matrix")) {
    context.globalAlpha = 1 - share;
    drawShape(context, from, origin);
    context.globalAlpha = share;
    drawShape(context, to, origin);
    context.globalAlpha = 1;
    return;
  }
  const [leaving, coming] = [piece(from), piece(to)];
  for (const [neuron, end] of after) {
    const start = before.get(neuron) ?? end;
    const box = start.map((value, i) => value + ((end[i] as number) - value) * share) as Box;
    context.globalAlpha = 1 - share;
    leaving(context, neuron, box);
    context.globalAlpha = share;
    coming(context, neuron, box);
  }
  context.globalAlpha = 1;
}
