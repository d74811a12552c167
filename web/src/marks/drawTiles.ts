import type { Tile } from "../api/types.ts";
import { contained } from "../layout/visible.ts";
import type { Theme } from "../theme/theme.ts";

/** Sprites up to this size are shown as the pixels they are. */
const SMALL = 48;

export interface TilePicture {
  tiles: readonly Tile[];
  atlas: CanvasImageSource | null;
  /** Pixels of the canvas per cell. */
  cell: number;
  theme: Theme;
  selected: number | null;
  hovered: number | null;
}

function hatch(context: CanvasRenderingContext2D, x: number, y: number, side: number, theme: Theme): void {
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

function outline(
  context: CanvasRenderingContext2D,
  box: [number, number, number],
  colour: string,
  width: number,
): void {
  const [x, y, side] = box;
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.strokeRect(x + width / 2, y + width / 2, side - width, side - width);
}

type Square = [number, number, number];

function sprite(
  context: CanvasRenderingContext2D,
  [x, y, side]: Square,
  [sx, sy, sw, sh]: NonNullable<Tile["sprite"]>,
  { atlas, theme }: TilePicture,
): void {
  const place = contained(sw, sh, side);
  if (!atlas || sw !== sh) {
    context.fillStyle = theme.colour.hover;
    context.fillRect(x, y, side, side);
  }
  if (!atlas) return;
  const [dx, dy] = [x + Math.round(place.x), y + Math.round(place.y)];
  const [dw, dh] = [Math.max(1, Math.round(place.w)), Math.max(1, Math.round(place.h))];
  context.imageSmoothingEnabled = Math.max(sw, sh) > SMALL || place.w < sw;
  context.imageSmoothingQuality = "high";
  context.drawImage(atlas, sx, sy, sw, sh, dx, dy, dw, dh);
  hairline(context, [dx, dy, dw, dh], theme);
}

/** Draw a cluster's neurons: best patches, whole and not stretched; hatching where a neuron is never active. */
export function drawTiles(context: CanvasRenderingContext2D, picture: TilePicture): void {
  const { tiles, cell, theme, selected, hovered } = picture;
  context.clearRect(0, 0, context.canvas.width, context.canvas.height);
  const inset = cell > 20 ? 1 : 0.5;
  for (const tile of tiles) {
    const x = Math.round(tile.x * cell + inset);
    const y = Math.round(tile.y * cell + inset);
    const side = Math.max(1, Math.round((tile.x + tile.side) * cell - inset) - x);
    if (tile.sprite === null) hatch(context, x, y, side, theme);
    else sprite(context, [x, y, side], tile.sprite, picture);
    if (tile.neuron === selected) {
      outline(context, [x, y, side], theme.colour.surface, Math.max(4, side / 9));
      outline(context, [x, y, side], theme.colour.accent, Math.max(2.5, side / 14));
    } else if (tile.neuron === hovered) {
      outline(context, [x, y, side], theme.colour.accent, Math.max(2, side / 20));
    }
  }
}
