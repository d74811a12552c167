import { ninths } from "../layout/closeUp.ts";
import type { Tile } from "../layout/packing.ts";
import { contained } from "../layout/visible.ts";
import type { Theme } from "../theme/theme.ts";
import type { MapOverlay } from "./mapOverlay.ts";
import { fontFamily } from "./measure.ts";

/** Sprites up to this size are shown as the pixels they are. */
export const SMALL = 48;

/** One of a neuron's best images: the patch alone, or the whole with a box where the patch is. */
export interface ClosePatch {
  bitmap: ImageBitmap | null;
  /** Size in the image's own pixels: small ones are shown as the pixels they are. */
  size: [number, number];
  /** Whether all of the image is shown, not the patch alone. */
  whole: boolean;
  /** The receptive field as shares of the image's sides, when the image is whole, and which of its sides were cut off. */
  field: { box: readonly [number, number, number, number]; cut: readonly boolean[] } | null;
  /** How strongly the neuron fired at each place, and where that lies on the whole image. */
  map: { overlay: MapOverlay; box: readonly [number, number, number, number] } | null;
}

export interface TilePicture {
  tiles: readonly Tile[];
  atlas: CanvasImageSource | null;
  /** How many other neurons there is no room for, and where that stands. */
  more?: { x: number; y: number; side: number; count: number } | null;
  /** Pixels of the canvas per unit of the tiles. */
  cell: number;
  theme: Theme;
  selected: number | null;
  hovered: number | null;
  /** Picked neurons; while there are any, the others step back. */
  lit?: readonly number[];
  /** A tile's best images, when it is large enough to look into. */
  closeUp?: ((neuron: number) => readonly ClosePatch[] | null) | null;
}

type Square = [number, number, number];

function hatch(context: CanvasRenderingContext2D, [x, y, side]: Square, theme: Theme): void {
  context.save();
  context.beginPath();
  context.rect(x, y, side, side);
  context.clip();
  context.fillStyle = theme.colour.hover;
  context.fillRect(x, y, side, side);
  context.strokeStyle = theme.colour.faint;
  context.lineWidth = Math.max(1, side / 40);
  const step = Math.max(4, side / 6);
  context.beginPath();
  for (let d = step / 2; d < 2 * side; d += step) {
    context.moveTo(x + d, y);
    context.lineTo(x + d - side, y + side);
  }
  context.stroke();
  context.restore();
}

/** The border of what was drawn, so that a white patch on a white card is still a square. */
function hairline(context: CanvasRenderingContext2D, box: [number, number, number, number], theme: Theme): void {
  const [x, y, width, height] = box;
  if (Math.min(width, height) < 8) return;
  context.strokeStyle = theme.colour.edge;
  context.lineWidth = 1;
  context.strokeRect(x + 0.5, y + 0.5, width - 1, height - 1);
}

function outline(context: CanvasRenderingContext2D, box: Square, colour: string, width: number): void {
  const [x, y, side] = box;
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.strokeRect(x + width / 2, y + width / 2, side - width, side - width);
}

/** A picture whole and not stretched in a square, on a quiet ground where it does not fill it. */
function place(
  context: CanvasRenderingContext2D,
  [x, y, side]: Square,
  [source, sx, sy, sw, sh]: [CanvasImageSource, number, number, number, number],
  [pixels, theme]: [number, Theme],
): [number, number, number, number] {
  const inside = contained(sw, sh, side);
  const [dx, dy] = [x + Math.round(inside.x), y + Math.round(inside.y)];
  const [dw, dh] = [Math.max(1, Math.round(inside.w)), Math.max(1, Math.round(inside.h))];
  context.imageSmoothingEnabled = pixels > SMALL || inside.w < sw;
  context.imageSmoothingQuality = "high";
  context.drawImage(source, sx, sy, sw, sh, dx, dy, dw, dh);
  hairline(context, [dx, dy, dw, dh], theme);
  return [dx, dy, dw, dh];
}

/** What of a picture fills a square without stretching: its middle, but never less than two thirds of its length. */
const MOST_CUT = 1.5;

export function covering([sx, sy, sw, sh]: readonly [number, number, number, number]): [
  number,
  number,
  number,
  number,
] {
  const side = Math.max(Math.min(sw, sh), Math.max(sw, sh) / MOST_CUT);
  const [w, h] = [Math.min(sw, side), Math.min(sh, side)];
  return [sx + (sw - w) / 2, sy + (sh - h) / 2, w, h];
}

/** A patch so much longer than wide that it cannot fill the square: its own colours, paler, fill what is left. */
function backdrop(
  context: CanvasRenderingContext2D,
  [x, y, side]: Square,
  [source, sx, sy, sw, sh]: [CanvasImageSource, number, number, number, number],
): void {
  context.save();
  context.globalAlpha *= 0.4;
  context.imageSmoothingEnabled = true;
  context.drawImage(source, sx, sy, sw, sh, x, y, side, side);
  context.restore();
}

/** One neuron by its best patch, which fills its square; hatched when it never fires. */
export function drawTile(
  context: CanvasRenderingContext2D,
  square: Square,
  sprite: Tile["sprite"],
  { atlas, theme }: Pick<TilePicture, "atlas" | "theme">,
): void {
  if (sprite === null) {
    hatch(context, square, theme);
    return;
  }
  if (atlas) {
    const [sx, sy, sw, sh] = covering(sprite);
    const source: [CanvasImageSource, number, number, number, number] = [atlas, sx, sy, sw, sh];
    if (sw !== sh) backdrop(context, square, source);
    place(context, square, source, [Math.max(sprite[2], sprite[3]), theme]);
    return;
  }
  const [x, y, side] = square;
  context.fillStyle = theme.colour.hover;
  context.fillRect(x, y, side, side);
}

/** How many neurons there is no room for. */
function drawMore(context: CanvasRenderingContext2D, [x, y, side]: Square, count: number, theme: Theme): void {
  context.fillStyle = theme.colour.hover;
  context.fillRect(x, y, side, side);
  const text = `+${count}`;
  context.fillStyle = theme.colour.muted;
  context.font = `${Math.min(0.42 * side, (1.5 * side) / text.length)}px ${fontFamily()}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(text, x + side / 2, y + side / 2);
}

/** The receptive field over its image: closed where it ends inside, dashed where the image ends before it. */
function field(
  context: CanvasRenderingContext2D,
  [x = 0, y = 0, width = 0, height = 0]: readonly number[],
  { box, cut }: NonNullable<ClosePatch["field"]>,
  theme: Theme,
): void {
  const line = Math.max(1, width / 110);
  const [left, top] = [x + box[0] * width + line, y + box[1] * height + line];
  const [right, bottom] = [x + box[2] * width - line, y + box[3] * height - line];
  const sides = [
    [left, top, right, top],
    [right, top, right, bottom],
    [right, bottom, left, bottom],
    [left, bottom, left, top],
  ] as const;
  for (const [colour, thick] of [
    [theme.colour.fieldEdge, 2.6],
    [theme.colour.field, 1.3],
  ] as const) {
    context.strokeStyle = colour;
    context.lineWidth = thick * line;
    sides.forEach(([x0, y0, x1, y1], side) => {
      context.setLineDash(cut[side] ? [3 * line, 3 * line] : []);
      context.beginPath();
      context.moveTo(x0, y0);
      context.lineTo(x1, y1);
      context.stroke();
    });
  }
  context.setLineDash([]);
}

/** An activation map over its image: a tint, and a line where half of its largest value is reached. */
function heat(
  context: CanvasRenderingContext2D,
  [x = 0, y = 0, width = 0, height = 0]: readonly number[],
  { overlay, box }: NonNullable<ClosePatch["map"]>,
  theme: Theme,
): void {
  const { source, cells, line } = overlay;
  context.save();
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
  // Smooth, as the line is: cells of a map are no more sharp than the places between them.
  context.imageSmoothingEnabled = true;
  context.translate(x + box[0] * width, y + box[1] * height);
  const [w, h] = [(box[2] - box[0]) * width, (box[3] - box[1]) * height];
  context.drawImage(source, 0, 0, w, h);
  context.beginPath();
  for (const [x0, y0, x1, y1] of line) {
    context.moveTo(((x0 + 0.5) * w) / cells.width, ((y0 + 0.5) * h) / cells.height);
    context.lineTo(((x1 + 0.5) * w) / cells.width, ((y1 + 0.5) * h) / cells.height);
  }
  context.lineCap = "round";
  const thick = Math.max(1, width / 140);
  for (const [colour, by] of [
    [theme.colour.fieldEdge, 2.4],
    [theme.colour.heat, 1.2],
  ] as const) {
    context.strokeStyle = colour;
    context.lineWidth = by * thick;
    context.stroke();
  }
  context.restore();
}

/** Share of a tile's side that is left free around its nine images: neurons are farther apart than their images. */
const FRAME = 0.03;

/** The nine places of a tile's images on the canvas. */
export function ninthSquares([x, y, side]: Square): Square[] {
  const frame = Math.max(2, Math.round(FRAME * side));
  return ninths(x + frame, y + frame, side - 2 * frame);
}

/** A neuron's best images in a square, three by three, framed as one. */
function drawNine(
  context: CanvasRenderingContext2D,
  whole: Square,
  patches: readonly ClosePatch[],
  theme: Theme,
): void {
  const [x, y, side] = whole;
  context.fillStyle = theme.colour.hover;
  context.fillRect(x + 1, y + 1, side - 2, side - 2);
  ninthSquares(whole).forEach(([left, top, length], index) => {
    const patch = patches[index];
    const inner: Square = [left, top, Math.max(1, length - 1)];
    if (!patch?.bitmap) {
      context.fillStyle = theme.colour.surface;
      context.fillRect(...inner, inner[2]);
      return;
    }
    const { width, height } = patch.bitmap;
    const part = patch.whole ? ([0, 0, width, height] as const) : covering([0, 0, width, height]);
    const source: [CanvasImageSource, number, number, number, number] = [patch.bitmap, ...part];
    if (!patch.whole && part[2] !== part[3]) backdrop(context, inner, source);
    const at = place(context, inner, source, [Math.max(...patch.size), theme]);
    if (patch.map) heat(context, at, patch.map, theme);
    if (patch.field) field(context, at, patch.field, theme);
  });
}

/** Where a tile lies on the canvas, in whole pixels. */
export function tileSquare(tile: Pick<Tile, "x" | "y" | "side">, cell: number): Square {
  const inset = tile.side * cell > 60 ? 1 : 0.5;
  const x = Math.round(tile.x * cell + inset);
  const y = Math.round(tile.y * cell + inset);
  return [x, y, Math.max(1, Math.round((tile.x + tile.side) * cell - inset) - x)];
}

/** Draw a cluster's neurons: best patches, whole and not stretched; hatching where a neuron is never active. */
export function drawTiles(context: CanvasRenderingContext2D, picture: TilePicture, origin = { x: 0, y: 0 }): void {
  const { tiles, more = null, cell, theme, selected, hovered, lit = [], closeUp = null } = picture;
  const { width, height } = context.canvas;
  const picked = new Set(lit);
  for (const tile of tiles) {
    const square = tileSquare(tile, cell);
    const [x, y, side] = square;
    if (x > origin.x + width || y > origin.y + height || x + side < origin.x || y + side < origin.y) continue;
    context.globalAlpha = picked.size > 0 && !picked.has(tile.neuron) ? 0.3 : 1;
    const close = closeUp?.(tile.neuron) ?? null;
    if (close === null) drawTile(context, square, tile.sprite, picture);
    else drawNine(context, square, close, theme);
    context.globalAlpha = 1;
    if (tile.neuron === selected || picked.has(tile.neuron)) {
      const thick = Math.min(6, Math.max(2.5, side / 14));
      outline(context, square, theme.colour.surface, 1.6 * thick);
      outline(context, square, theme.colour.accent, thick);
    } else if (tile.neuron === hovered) {
      outline(context, square, theme.colour.accent, Math.min(4, Math.max(2, side / 20)));
    }
  }
  if (more) drawMore(context, tileSquare(more, cell), more.count, theme);
}
