import type { MatrixImage } from "../../../marks/matrixImage.ts";
import type { PatchImage } from "../../../marks/svg/tiles.ts";

/** Pixels that an image keeps per unit of the picture: more than any print of it shows. */
const FINE = 3;

/** Draws pieces into one canvas, each to a data address. */
function dataAddress(width: number, height: number, draw: (context: CanvasRenderingContext2D) => void): string | null {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width));
  canvas.height = Math.max(1, Math.round(height));
  const context = canvas.getContext("2d");
  if (!context) return null;
  draw(context);
  return canvas.toDataURL("image/png");
}

/** The longer side that a picture of some pixels keeps when it is drawn in so many units. */
const kept = (pixels: number, units: number): number => Math.min(1, (FINE * units) / pixels);

/** Patches of a layer, cut out of its atlas. */
export function patchesOf(atlas: ImageBitmap | null): PatchImage {
  return ([x, y, width, height], side) => {
    if (!atlas) return null;
    const scale = kept(Math.max(width, height), side);
    return dataAddress(width * scale, height * scale, (context) => {
      context.imageSmoothingQuality = "high";
      context.drawImage(atlas, x, y, width, height, 0, 0, context.canvas.width, context.canvas.height);
    });
  };
}

/** A whole picture drawn in a square of a side. */
export function imageAddress(picture: ImageBitmap | null, side: number): string | null {
  return picture && patchesOf(picture)([0, 0, picture.width, picture.height], side);
}

/** The cells of a matrix, a pixel each; several in one where they are drawn smaller than that. */
export function cellsAddress(image: MatrixImage, cell: { width: number; height: number }): string {
  const { rows, columns } = image.values;
  const [width, height] = [Math.min(1, FINE * cell.width), Math.min(1, FINE * cell.height)];
  const place = { left: 0, top: 0, width, height };
  const all = { rows: [0, rows], columns: [0, columns] } as const;
  return (
    dataAddress(columns * width, rows * height, (context) => {
      image.draw(context, place, { rows: [...all.rows], columns: [...all.columns] });
    }) ?? ""
  );
}
