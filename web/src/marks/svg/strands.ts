import { type ClusterBox, FAN } from "../../layout/connections/boxes.ts";
import { type LinkNode, NODE, type Strand } from "../../layout/connections/picture.ts";
import type { TraceLine } from "../../layout/connections/trace.ts";
import type { Theme } from "../../theme/theme.ts";
import { headsOf, looksOf } from "../drawStrands.ts";
import { group, type Markup, paint, short, tag } from "./xml.ts";

/** The path of a curve of several Bézier pieces. */
export function pathOf(points: readonly number[]): string {
  const [x = 0, y = 0, ...rest] = points;
  const pieces = Array.from({ length: Math.floor(rest.length / 6) }, (_, piece) =>
    rest
      .slice(6 * piece, 6 * piece + 6)
      .map(short)
      .join(" "),
  );
  return `M${short(x)} ${short(y)}${pieces.map((piece) => `C${piece}`).join("")}`;
}

/** Arrowheads along a trunk: it is read from left to right. */
function headsPath({ points, width }: Strand): string {
  const [left = 0, y = 0, right = 0] = [points[0], points[1], points.at(-2)];
  const size = width / 2 + 3;
  const at = (x: number, height: number): string => `${short(x)} ${short(height)}`;
  return headsOf(left, right)
    .map((x) => `M${at(x - size / 2, y - size)}L${at(x + size / 2, y)}L${at(x - size / 2, y + size)}`)
    .join("");
}

/** Connections: full lines where one excites, dashed ones in another colour where it inhibits; each a path of its own. */
export function strandsSvg(strands: readonly Strand[], opacity: readonly number[], theme: Theme): Markup {
  const looks = looksOf(strands, opacity).map((look) => {
    const width = Math.max(look.width, 0.7);
    const dashes = look.sign > 0 ? null : [Math.max(5, 2 * width), Math.max(3.5, 1.2 * width)].map(short).join(" ");
    const own = look.strands.map((index) => strands[index]).filter((one) => one !== undefined);
    const pen = { opacity: look.opacity, ...paint("stroke", theme.colour[look.sign > 0 ? "positive" : "negative"]) };
    const trunks = own.filter((one) => one.source === null && one.target === null);
    return (
      group(
        { ...pen, "stroke-width": width, "stroke-dasharray": dashes },
        own.map(({ points }) => tag("path", { d: pathOf(points) })),
      ) +
      group(
        { ...pen, "stroke-width": 1.6 },
        trunks.map((one) => tag("path", { d: headsPath(one) })),
      )
    );
  });
  return group({ fill: "none" }, looks);
}

/** The short lines from a cluster of classes to its classes. */
export function fansSvg(boxes: readonly { box: ClusterBox; opacity: number }[], theme: Theme): Markup {
  const one = ({ box, opacity }: (typeof boxes)[number]): Markup => {
    const [x, y] = [box.left, (box.top + box.bottom) / 2];
    const lines = box.fan.map((height) => pathOf([x, y, x + FAN * 0.6, y, x + FAN * 0.2, height, x + FAN, height]));
    return tag("path", { opacity, d: `M${short(x)} ${short(box.top)}V${short(box.bottom)}${lines.join("")}` });
  };
  return group({ fill: "none", ...paint("stroke", theme.colour.muted), "stroke-width": 1 }, boxes.map(one));
}

/** A way through the picture, over everything else. */
export function traceSvg(lines: readonly TraceLine[], theme: Theme): Markup {
  const one = ({ points, current }: TraceLine): Markup => {
    const d = pathOf(points);
    return (
      tag("path", { d, ...paint("stroke", theme.colour.stage), "stroke-width": current ? 9 : 7 }) +
      tag("path", { d, ...paint("stroke", theme.colour.text), "stroke-width": current ? 4 : 2.5 })
    );
  };
  return group({ fill: "none", "stroke-linecap": "round", "stroke-linejoin": "round" }, lines.map(one));
}

/** What a node is: full where its connections excite, hollow and angular where they inhibit. */
export interface NodeLook {
  node: LinkNode;
  sign: 1 | -1;
  opacity: number;
}

export function nodesSvg(nodes: readonly NodeLook[], theme: Theme): Markup {
  const { positive, negative, stage } = theme.colour;
  const one = ({ node, sign, opacity }: NodeLook): Markup => {
    // Lines lie inside of the node, as a border does.
    const thick = sign > 0 ? 1.5 : 2;
    const [width, height] = [NODE - thick, Math.max(0.5, node.size - thick)];
    return tag("rect", {
      x: node.x - width / 2,
      y: node.y - height / 2,
      width,
      height,
      rx: sign > 0 ? Math.min(4.25, height / 2) : null,
      opacity: opacity < 1 ? opacity : null,
      ...paint("fill", sign > 0 ? positive : stage),
      ...paint("stroke", sign > 0 ? stage : negative),
      "stroke-width": thick,
    });
  };
  return group({}, nodes.map(one));
}
