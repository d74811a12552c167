import type { ClusterBox } from "../layout/connections/boxes.ts";
import type { TraceLine } from "../layout/connections/trace.ts";
import type { Theme } from "../theme/theme.ts";
import { tracePoints } from "./drawStrands.ts";

/** Draw a way through the picture over everything else; its place on the canvas must be set already. */
export function drawTrace(context: CanvasRenderingContext2D, lines: readonly TraceLine[], theme: Theme): void {
  context.lineCap = "round";
  context.lineJoin = "round";
  for (const { points, current } of lines) {
    tracePoints(context, points);
    context.strokeStyle = theme.colour.stage;
    context.lineWidth = current ? 9 : 7;
    context.stroke();
    context.strokeStyle = theme.colour.text;
    context.lineWidth = current ? 4 : 2.5;
    context.stroke();
  }
}

/** Draw the short lines from a cluster of classes to its classes. */
export function drawFans(
  context: CanvasRenderingContext2D,
  boxes: Iterable<{ box: ClusterBox; opacity: number }>,
  { theme, room }: { theme: Theme; room: number },
): void {
  context.strokeStyle = theme.colour.muted;
  context.lineWidth = 1;
  for (const { box, opacity } of boxes) {
    context.globalAlpha = opacity;
    context.beginPath();
    const [x, y] = [box.left, (box.top + box.bottom) / 2];
    // A bracket: what enters anywhere on it goes to all of these classes.
    context.moveTo(x, box.top);
    context.lineTo(x, box.bottom);
    for (const height of box.fan) {
      context.moveTo(x, y);
      context.bezierCurveTo(x + room * 0.6, y, x + room * 0.2, height, x + room, height);
    }
    context.stroke();
  }
  context.globalAlpha = 1;
}
