import { ninths } from "../layout/closeUp.ts";
import type { Tile } from "../layout/packing.ts";
import { contained } from "../layout/visible.ts";
import type { Theme } from "../theme/theme.ts";
import { drawField, drawHeat, type Field, type Heat } from "./drawOverImage.ts";
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
  field: Field | null;
  /** How strongly the neuron fired at each place, and where that lies on the whole image. */
  map: Heat | null;
}

/** A tile's images: its patch from the image itself, or nine of its best. */
export interface CloseUp {
  level: "one" | "nine";
  patches: readonly ClosePatch[];
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
  /** What stands in a tile for its sprite, when it is too large for that. */
  closeUp?: ((neuron: number) => CloseUp | null) | null;
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

/** Behind a patch so much longer than wide that it cannot fill the square. */
function ground(context: CanvasRenderingContext2D, [x, y, side]: Square, theme: Theme): void {
  context.fillStyle = theme.colour.hover;
  context.fillRect(x, y, side, side);
}

/** A patch as it fills a square: its middle, on a quiet ground where it does not. */
function patch(
  context: CanvasRenderingContext2D,
  square: Square,
  [source, ...box]: [CanvasImageSource, number, number, number, number],
  [pixels, theme]: [number, Theme],
): [number, number, number, number] {
  const part = covering(box);
  if (part[2] !== part[3]) ground(context, square, theme);
  return place(context, square, [source, ...part], [pixels, theme]);
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
    patch(context, square, [atlas, ...sprite], [Math.max(sprite[2], sprite[3]), theme]);
    return;
  }
  ground(context, square, theme);
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
  ground(context, [x + 1, y + 1, side - 2], theme);
  ninthSquares(whole).forEach(([left, top, length], index) => {
    const one = patches[index];
    const inner: Square = [left, top, Math.max(1, length - 1)];
    if (!one?.bitmap) {
      context.fillStyle = theme.colour.surface;
      context.fillRect(...inner, inner[2]);
      return;
    }
    const { width, height } = one.bitmap;
    const draw = one.whole ? place : patch;
    const at = draw(context, inner, [one.bitmap, 0, 0, width, height], [Math.max(...one.size), theme]);
    if (one.map) drawHeat(context, at, one.map, theme);
    if (one.field) drawField(context, at, one.field, theme);
  });
}

/** A neuron's patch from the image it lies in, with all the pixels it has; whether it is there. */
function drawOne(
  context: CanvasRenderingContext2D,
  square: Square,
  patches: readonly ClosePatch[],
  theme: Theme,
): boolean {
  const [one] = patches;
  if (!one?.bitmap) return false;
  const { width, height } = one.bitmap;
  patch(context, square, [one.bitmap, 0, 0, width, height], [Math.max(...one.size), theme]);
  return true;
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
    if (close?.level === "nine") drawNine(context, square, close.patches, theme);
    else if (!close || !drawOne(context, square, close.patches, theme)) drawTile(context, square, tile.sprite, picture);
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
