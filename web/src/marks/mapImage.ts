import type { MapScene } from "../api/types.ts";
import { mapCells } from "../layout/activationMap.ts";

/** An activation map as a grey picture of one pixel per cell, to be used as a mask. */
export function mapImage(map: MapScene): string {
  const canvas = document.createElement("canvas");
  canvas.width = map.width;
  canvas.height = map.height;
  const pixels = new ImageData(map.width, map.height);
  mapCells(map).forEach((value, cell) => {
    pixels.data.set([value, value, value, 255], 4 * cell);
  });
  canvas.getContext("2d")?.putImageData(pixels, 0, 0);
  return canvas.toDataURL();
}
