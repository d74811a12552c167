import type { Theme } from "../../theme/theme.ts";
import { type Markup, paint, short, tag } from "./xml.ts";

interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Hatching of what never fires: lines cut at the edges, so that nothing has to be clipped. */
export function hatched({ x, y, width, height }: Rectangle, step: number, thick: number, theme: Theme): Markup {
  const lines: string[] = [];
  for (let at = step / 2; at < width + height; at += step) {
    const from = at <= width ? [x + at, y] : [x + width, y + at - width];
    const to = at <= height ? [x, y + at] : [x + at - height, y + height];
    lines.push(`M${from.map(short).join(" ")}L${to.map(short).join(" ")}`);
  }
  return (
    tag("rect", { x, y, width, height, ...paint("fill", theme.colour.hover) }) +
    tag("path", { d: lines.join(""), fill: "none", ...paint("stroke", theme.colour.faint), "stroke-width": thick })
  );
}
