import type { MapScene } from "../api/types.ts";
import { mapCells } from "../layout/activationMap.ts";
import { contour, type Segment } from "../layout/contour.ts";
import { rgbOf } from "../theme/ramps.ts";
import type { Theme } from "../theme/theme.ts";

/** Even the strongest place lets the photograph through. */
const MOST = 0.42;
/** Share of the largest value that the line runs along. */
const LINE = 0.5;

/** An activation map to lay over its image. */
export interface MapOverlay {
  /** One pixel per cell: the stronger, the less transparent. */
  source: OffscreenCanvas;
  cells: { width: number; height: number };
  /** Where half of the largest value is reached, in cells from the middle of the first. */
  line: readonly Segment[];
}

const known = new WeakMap<MapScene, Map<string, MapOverlay>>();

export function mapOverlay(map: MapScene, theme: Theme): MapOverlay {
  const made = known.get(map) ?? new Map<string, MapOverlay>();
  known.set(map, made);
  const before = made.get(theme.name);
  if (before) return before;
  const overlay = makeOverlay(map, theme);
  made.set(theme.name, overlay);
  return overlay;
}

function makeOverlay(map: MapScene, theme: Theme): MapOverlay {
  const cells = { width: Math.max(1, map.width), height: Math.max(1, map.height) };
  const source = new OffscreenCanvas(cells.width, cells.height);
  const pixels = new ImageData(cells.width, cells.height);
  const [r, g, b] = rgbOf(theme.colour.heat);
  const values = mapCells(map);
  values.forEach((value, cell) => {
    pixels.data.set([r, g, b, value * MOST], 4 * cell);
  });
  source.getContext("2d")?.putImageData(pixels, 0, 0);
  return { source, cells, line: contour({ ...cells, values }, 255 * LINE) };
}
