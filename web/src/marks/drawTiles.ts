import { ninths } from "../layout/closeUp.ts";
import type { Tile } from "../layout/packing.ts";
import { contained } from "../layout/visible.ts";
import type { Theme } from "../theme/theme.ts";

/** Sprites up to this size are shown as the pixels they are. */
const SMALL = 48;

/** One of a neuron's best images: the patch alone, or the whole with a box where the patch is. */
export interface ClosePatch {
  bitmap: ImageBitmap | null;
  /** Size in the image's own pixels: small ones are shown as the pixels they are. */
  size: [number, number];
  /** The receptive field as shares of the image's sides, when the image is whole. */
  field: readonly [number, number, number, number] | null;
  /** How strongly the neuron fired at each place: a picture to lay over the whole image, and where it lies on it. */
  map: { source: CanvasImageSource; box: readonly [number, number, number, number] } | null;
}

export interface TilePicture {
  tiles: readonly Tile[];
  atlas: CanvasImageSource | null;
  /** Pixels of the canvas per cell. */
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
  if (sw !== sh) {
    context.fillStyle = theme.colour.hover;
    context.fillRect(x, y, side, side);
  }
  const [dx, dy] = [x + Math.round(inside.x), y + Math.round(inside.y)];
  const [dw, dh] = [Math.max(1, Math.round(inside.w)), Math.max(1, Math.round(inside.h))];
  context.imageSmoothingEnabled = pixels > SMALL || inside.w < sw;
  context.imageSmoothingQuality = "high";
  context.drawImage(source, sx, sy, sw, sh, dx, dy, dw, dh);
  hairline(context, [dx, dy, dw, dh], theme);
  return [dx, dy, dw, dh];
}

/** One neuron by its best patch in a square; hatched when it never fires. */
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
  const [sx, sy, sw, sh] = sprite;
  if (atlas) {
    place(context, square, [atlas, sx, sy, sw, sh], [Math.max(sw, sh), theme]);
    return;
  }
  const [x, y, side] = square;
  context.fillStyle = theme.colour.hover;
  context.fillRect(x, y, side, side);
}

function field(context: CanvasRenderingContext2D, at: number[], share: readonly number[], theme: Theme): void {
  const [x = 0, y = 0, width = 0, height = 0] = at;
  const [left = 0, top = 0, right = 1, bottom = 1] = share;
  const line = Math.max(1, width / 90);
  const box = [x + left * width, y + top * height, (right - left) * width, (bottom - top) * height] as const;
  context.strokeStyle = theme.colour.fieldEdge;
  context.lineWidth = 2.4 * line;
  context.strokeRect(...box);
  context.strokeStyle = theme.colour.field;
  context.lineWidth = 1.3 * line;
  context.strokeRect(...box);
}

/** An activation map over its image; cells that reach beyond the image are cut off. */
function heat(context: CanvasRenderingContext2D, at: readonly number[], map: NonNullable<ClosePatch["map"]>): void {
  const [x = 0, y = 0, width = 0, height = 0] = at;
  const [left, top, right, bottom] = map.box;
  context.save();
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
  context.imageSmoothingEnabled = false;
  const size = [(right - left) * width, (bottom - top) * height] as const;
  context.drawImage(map.source, x + left * width, y + top * height, ...size);
  context.restore();
}

/** A neuron's best images in a square, three by three. */
function drawNine(
  context: CanvasRenderingContext2D,
  [x, y, side]: Square,
  patches: readonly ClosePatch[],
  theme: Theme,
): void {
  ninths(x, y, side).forEach((square, index) => {
    const patch = patches[index];
    const [left, top, length] = square;
    const inner: Square = [left + 1, top + 1, Math.max(1, length - 2)];
    if (!patch?.bitmap) {
      context.fillStyle = theme.colour.hover;
      context.fillRect(inner[0], inner[1], inner[2], inner[2]);
      return;
    }
    const { bitmap, size } = patch;
    const at = place(context, inner, [bitmap, 0, 0, bitmap.width, bitmap.height], [Math.max(...size), theme]);
    if (patch.map) heat(context, at, patch.map);
    if (patch.field) field(context, at, patch.field, theme);
  });
}

/** Where a tile lies on the canvas, in whole pixels. */
export function tileSquare(tile: Pick<Tile, "x" | "y" | "side">, cell: number): Square {
  const inset = tile.side * cell > 16 ? 1 : 0.5;
  const x = Math.round(tile.x * cell + inset);
  const y = Math.round(tile.y * cell + inset);
  return [x, y, Math.max(1, Math.round((tile.x + tile.side) * cell - inset) - x)];
}

/** Draw a cluster's neurons: best patches, whole and not stretched; hatching where a neuron is never active. */
export function drawTiles(context: CanvasRenderingContext2D, picture: TilePicture, origin = { x: 0, y: 0 }): void {
  const { tiles, cell, theme, selected, hovered, lit = [], closeUp = null } = picture;
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
}
