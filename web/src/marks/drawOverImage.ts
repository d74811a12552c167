import type { Theme } from "../theme/theme.ts";
import type { MapOverlay } from "./mapOverlay.ts";

type Shares = readonly [number, number, number, number];

/** A receptive field as shares of its image's sides, and which of its sides were cut off. */
export interface Field {
  box: Shares;
  cut: readonly boolean[];
}

/** How strongly a neuron fired at each place, and where that lies on the image. */
export interface Heat {
  overlay: MapOverlay;
  box: Shares;
}

/** The receptive field over its image: closed where it ends inside, dashed where the image ends before it. */
export function drawField(
  context: CanvasRenderingContext2D,
  [x = 0, y = 0, width = 0, height = 0]: readonly number[],
  { box, cut }: Field,
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
export function drawHeat(
  context: CanvasRenderingContext2D,
  [x = 0, y = 0, width = 0, height = 0]: readonly number[],
  { overlay, box }: Heat,
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
