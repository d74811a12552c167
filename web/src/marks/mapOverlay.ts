import type { MapScene } from "../api/types.ts";
import { mapCells } from "../layout/activationMap.ts";
import { rgbOf } from "../theme/ramps.ts";
import type { Theme } from "../theme/theme.ts";

/** Even the strongest place lets the photograph through. */
const MOST = 0.72;

const known = new WeakMap<MapScene, Map<string, OffscreenCanvas>>();

/** An activation map as a picture of one pixel per cell: the stronger, the less transparent. */
export function mapOverlay(map: MapScene, theme: Theme): OffscreenCanvas {
  const made = known.get(map) ?? new Map<string, OffscreenCanvas>();
  known.set(map, made);
  const before = made.get(theme.name);
  if (before) return before;
  const canvas = new OffscreenCanvas(Math.max(1, map.width), Math.max(1, map.height));
  const pixels = new ImageData(canvas.width, canvas.height);
  const [r, g, b] = rgbOf(theme.colour.heat);
  mapCells(map).forEach((value, cell) => {
    pixels.data.set([r, g, b, value * MOST], 4 * cell);
  });
  canvas.getContext("2d")?.putImageData(pixels, 0, 0);
  made.set(theme.name, canvas);
  return canvas;
}
