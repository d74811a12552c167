import { SMALL } from "../../../marks/drawTiles.ts";
import type { CellRange, MatrixImage } from "../../../marks/matrixImage.ts";
import type { PatchImage } from "../../../marks/svg/tiles.ts";

/** Pixels that an image keeps per unit of the picture: more than any print of it shows. */
const FINE = 3;

/** Photographs are kept with a loss that nobody sees: a tenth of the size. Small patches keep every pixel. */
const PHOTOGRAPH = { type: "image/jpeg", quality: 0.92 } as const;

interface Raster {
  width: number;
  height: number;
  photograph?: boolean;
  draw: (context: CanvasRenderingContext2D) => void;
}

function dataAddress({ width, height, photograph = false, draw }: Raster): string | null {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width));
  canvas.height = Math.max(1, Math.round(height));
  // Read at once: nothing is won by drawing it on a graphics card.
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) return null;
  draw(context);
  return photograph ? canvas.toDataURL(PHOTOGRAPH.type, PHOTOGRAPH.quality) : canvas.toDataURL("image/png");
}

/** The longer side that a picture of some pixels keeps when it is drawn in so many units. */
const kept = (pixels: number, units: number): number => Math.min(1, (FINE * units) / pixels);

/** Patches of a layer, cut out of its atlas. */
export function patchesOf(atlas: ImageBitmap | null): PatchImage {
  return ([x, y, width, height], side) => {
    if (!atlas) return null;
    const scale = kept(Math.max(width, height), side);
    return dataAddress({
      width: width * scale,
      height: height * scale,
      photograph: Math.max(width, height) > SMALL,
      draw(context) {
        context.imageSmoothingQuality = "high";
        context.drawImage(atlas, x, y, width, height, 0, 0, context.canvas.width, context.canvas.height);
      },
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
  const all: CellRange = { rows: [0, rows], columns: [0, columns] };
  const draw = (context: CanvasRenderingContext2D): void => image.draw(context, place, all);
  return dataAddress({ width: columns * width, height: rows * height, draw }) ?? "";
}
