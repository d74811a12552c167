import { contained } from "../../layout/visible.ts";
import type { Theme } from "../../theme/theme.ts";
import { covering, SMALL, type TilePicture, tileSquare } from "../drawTiles.ts";
import { hatched } from "./hatch.ts";
import { group, line, type Markup, paint, tag } from "./xml.ts";

type Square = [number, number, number];
type Part = readonly [number, number, number, number];

/** A part of a layer's patches as an image of its own, no larger than it is needed on paper. */
export type PatchImage = (part: Part, side: number) => string | null;

export type SvgTiles = Pick<TilePicture, "tiles" | "more" | "theme" | "selected" | "lit"> & { patch: PatchImage };

/** Half pixels: what a saved picture of two pixels per unit draws without a blurred edge. */
const FINE = 2;
const squareOf = (tile: Parameters<typeof tileSquare>[0]): Square =>
  tileSquare(tile, FINE).map((length) => length / FINE) as Square;

/** A line along the inside of a square. */
function inside([x, y, side]: Square, colour: string, width: number): Markup {
  const [corner, length] = [width / 2, Math.max(0, side - width)];
  return tag("rect", {
    x: x + corner,
    y: y + corner,
    width: length,
    height: length,
    fill: "none",
    ...paint("stroke", colour),
    "stroke-width": width,
  });
}

function patchSvg([x, y, side]: Square, sprite: Part, { patch, theme }: SvgTiles): Markup {
  const part = covering(sprite);
  const href = patch(part, side);
  const ground = tag("rect", { x, y, width: side, height: side, ...paint("fill", theme.colour.hover) });
  if (href === null) return ground;
  const [, , sw, sh] = part;
  const place = contained(sw, sh, side);
  const sharp = Math.max(sprite[2], sprite[3]) <= SMALL && place.w >= sw;
  // A patch that cannot fill its square lies on a quiet ground.
  const behind = sw === sh ? "" : ground;
  const box = { x: x + place.x, y: y + place.y, width: place.w, height: place.h };
  const edge = Math.min(place.w, place.h) < 8 / FINE ? "" : hairline(box, theme);
  const rendering = sharp ? { "image-rendering": "pixelated" } : {};
  return behind + tag("image", { ...box, preserveAspectRatio: "none", "xlink:href": href, ...rendering }) + edge;
}

/** The border of a patch, so that a white one on a white card is still a square. */
const hairline = (box: { x: number; y: number; width: number; height: number }, theme: Theme): Markup =>
  tag("rect", {
    x: box.x + 0.25,
    y: box.y + 0.25,
    width: box.width - 0.5,
    height: box.height - 0.5,
    fill: "none",
    ...paint("stroke", theme.colour.edge),
    "stroke-width": 0.5,
  });

function moreSvg([x, y, side]: Square, count: number, theme: Theme): Markup {
  const text = `+${count}`;
  const size = Math.min(0.42 * side, (1.5 * side) / text.length);
  return (
    tag("rect", { x, y, width: side, height: side, ...paint("fill", theme.colour.hover) }) +
    line(text, { x: x + side / 2, y: y + side / 2, size, colour: theme.colour.muted, anchor: "middle" })
  );
}

/**
 * A cluster's neurons, from the corner of their drawing: as on the page, each patch an image of its own. Can be
 * interrupted after each.
 */
export function* tilesSvg(picture: SvgTiles): Generator<void, Markup> {
  const { tiles, more = null, theme, selected, lit = [] } = picture;
  const picked = new Set(lit);
  const drawn: Markup[] = [];
  for (const tile of tiles) {
    const square = squareOf(tile);
    const [x, y, side] = square;
    const marked = tile.neuron === selected || picked.has(tile.neuron);
    const thick = Math.min(3, Math.max(1.25, side / 14));
    const look =
      tile.sprite === null
        ? hatched({ x, y, width: side, height: side }, Math.max(2, side / 6), Math.max(0.5, side / 40), theme)
        : patchSvg(square, tile.sprite, picture);
    const frame = marked
      ? inside(square, theme.colour.surface, 1.6 * thick) + inside(square, theme.colour.accent, thick)
      : "";
    const far = picked.size > 0 && !picked.has(tile.neuron);
    drawn.push(far ? tag("g", { opacity: 0.3 }, look) + frame : look + frame);
    yield;
  }
  return group({}, [...drawn, more ? moreSvg(squareOf(more), more.count, theme) : ""]);
}
