import type { ClusterBox } from "../../../layout/connections/boxes.ts";
import type { Strand } from "../../../layout/connections/picture.ts";
import { DIMMED } from "../../../layout/connections/relevance.ts";
import type { TraceLine } from "../../../layout/connections/trace.ts";
import type { MatrixColumn } from "../../../layout/matrix/columns.ts";
import { SPACE } from "../../../layout/space.ts";
import type { Stage } from "../../../layout/stage.ts";
import type { Box } from "../../../layout/viewport.ts";
import { contained } from "../../../layout/visible.ts";
import type { Sheet } from "../../../marks/drawSvg.ts";
import { within } from "../../../marks/sliced.ts";
import { classNamesSvg, NAMES } from "../../../marks/svg/matrix.ts";
import { fansSvg, type NodeLook, nodesSvg, strandsSvg, traceSvg } from "../../../marks/svg/strands.ts";
import { escaped, group, type Markup, paint, tag } from "../../../marks/svg/xml.ts";
import { cardSvg, classSvg, type SavedCard, type SavedClass } from "./cards.ts";
import { footOf, type SavedFoot } from "./foot.ts";
import { headsHeight, headsSvg } from "./heads.ts";
import type { Paper } from "./paper.ts";

/** An image of the input column. */
export interface SavedImage {
  x: number;
  y: number;
  /** Side of the square that it stands in. */
  side: number;
  /** The image's own size in pixels. */
  size: readonly [number, number];
  name: string;
  /** A data address; null where it could not be had. */
  href: string | null;
}

/** Names of classes below a column of matrices. */
export interface SavedNames {
  columns: readonly MatrixColumn[];
  x: number;
  y: number;
  width: number;
  lit: readonly number[];
}

export interface SavedLinks {
  strands: readonly Strand[];
  /** Of every strand in the whole picture. */
  opacity: readonly number[];
  /** Of every strand near what is looked at; null when nothing is. */
  lit: readonly number[] | null;
  fans: readonly { box: ClusterBox; opacity: number }[];
  litFans: readonly { box: ClusterBox; opacity: number }[];
  trace: readonly TraceLine[];
  nodes: readonly NodeLook[];
  /** The card of the traced way that is looked at. */
  stop: Box | null;
}

/** The picture as it is to be saved: the whole of it at zoom 1, in the places that the page gives everything. */
export interface SavedPicture {
  /** What it is, for those who do not see it. */
  title: string;
  /** Families of letters, as in a style sheet. */
  font: string;
  stage: Stage;
  images: readonly SavedImage[];
  cards: readonly SavedCard[];
  classes: readonly SavedClass[];
  names: readonly SavedNames[];
  links: SavedLinks;
  foot: SavedFoot;
}

export interface Drawing {
  /** All of it as one document. */
  svg: () => string;
  /** The same in documents that lie on one another, none of which takes long to draw. */
  sheets: () => Sheet[];
  /** In pixels at one pixel per unit. */
  width: number;
  height: number;
}

function imageSvg({ x, y, side, size, name, href }: SavedImage, index: number, { theme }: Paper): Markup {
  if (href === null)
    return tag("rect", { x, y, width: side, height: side, rx: 4, ...paint("fill", theme.colour.hover) });
  const inside = contained(size[0], size[1], side);
  const place = { x: x + inside.x, y: y + inside.y, width: inside.w, height: inside.h };
  const id = `round-${index}`;
  const look = { ...(size[0] < side * 1.5 && { "image-rendering": "pixelated" }), "clip-path": `url(#${id})` };
  const image = { ...place, preserveAspectRatio: "none", ...look, "xlink:href": href };
  return (
    tag("clipPath", { id }, tag("rect", { ...place, rx: 4 })) + tag("image", image, tag("title", {}, escaped(name)))
  );
}

/** A line around a card, a little off it. */
function stopSvg({ x, y, width, height }: Box, { theme }: Paper): Markup {
  const box = { x: x - 3.5, y: y - 3.5, width: width + 7, height: height + 7, rx: 10 };
  return tag("rect", { ...box, fill: "none", ...paint("stroke", theme.colour.text), "stroke-width": 3 });
}

function linksSvg({ strands, opacity, lit, fans, litFans, trace, nodes, stop }: SavedLinks, paper: Paper): Markup {
  const { theme } = paper;
  return group({ "data-part": "connections" }, [
    group({ opacity: lit ? DIMMED : null }, [strandsSvg(strands, opacity, theme), fansSvg(fans, theme)]),
    lit ? strandsSvg(strands, lit, theme) + fansSvg(litFans, theme) : "",
    traceSvg(trace, theme),
    stop ? stopSvg(stop, paper) : "",
    nodesSvg(nodes, theme),
  ]);
}

const SPACES = { xmlns: "http://www.w3.org/2000/svg", "xmlns:xlink": "http://www.w3.org/1999/xlink" } as const;

/** Room below the columns for names of classes. */
const NAMES_HEIGHT = SPACE.margin.bottom - 6;

/** Cards of one column, which stand together. */
function columnsOf(cards: readonly SavedCard[]): SavedCard[][] {
  const columns = new Map<string, SavedCard[]>();
  for (const card of cards) {
    const column = columns.get(card.layer);
    if (column) column.push(card);
    else columns.set(card.layer, [card]);
  }
  return [...columns.values()];
}

/** Beyond the edges of a card: its line and its shadow. */
const AROUND = 8;

/** A piece of the picture and the places between which it lies. */
interface Piece {
  left: number;
  right: number;
  markup: Markup;
}

/** The cards of each column in turn. */
function* cardPieces(cards: readonly SavedCard[], paper: Paper): Generator<number, Piece[]> {
  const pieces: Piece[] = [];
  let done = 0;
  for (const column of columnsOf(cards)) {
    const drawn: Markup[] = [];
    for (const one of column) {
      const drawing = yield* within(done / cards.length, one.draw());
      drawn.push(cardSvg(one, drawing, paper));
      done++;
    }
    const left = Math.min(...column.map(({ x }) => x)) - AROUND;
    const right = Math.max(...column.map(({ x, width }) => x + width)) + AROUND;
    pieces.push({ left: Math.max(0, left), right, markup: group({ "data-part": "cards" }, drawn) });
  }
  return pieces;
}

/**
 * The picture as an SVG document that needs nothing but itself, and in sheets to be drawn one by one. Pure: the same
 * picture gives the same text.
 */
export function* pictureSvg(picture: SavedPicture, paper: Paper): Generator<number, Drawing> {
  const { stage } = picture;
  const { theme } = paper;
  const heads = headsHeight(stage);
  const width = Math.ceil(stage.width);
  const foot = footOf(picture.foot, width, paper);
  const height = Math.ceil(heads + stage.height + foot.height);
  const measure = paper.measure(NAMES, 400);
  const inWorld = (...inside: Markup[]): Markup => tag("g", { transform: `translate(0 ${heads})` }, ...inside);
  const cards = yield* cardPieces(picture.cards, paper);
  const ground = [
    tag("rect", { width, height, ...paint("fill", theme.colour.stage) }),
    inWorld(
      linksSvg(picture.links, paper),
      group(
        { "data-part": "input" },
        picture.images.map((one, index) => imageSvg(one, index, paper)),
      ),
      ...picture.names.map(({ columns, lit, ...at }) =>
        classNamesSvg(columns, { ...at, height: NAMES_HEIGHT }, { theme, measure, lit }),
      ),
    ),
  ].join("");
  const classes = group(
    { "data-part": "classes" },
    picture.classes.map((one) => classSvg(one, paper)),
  );
  const rest = [inWorld(classes), headsSvg(stage, paper), foot.draw(heads + stage.height)].join("");
  const pieces: Piece[] = [
    { left: 0, right: width, markup: ground },
    ...cards.map((piece) => ({ ...piece, markup: inWorld(piece.markup) })),
    { left: 0, right: width, markup: rest },
  ];
  const look = { width, height, viewBox: `0 0 ${width} ${height}`, "font-family": picture.font };
  const documentOf = (...inside: Markup[]): string =>
    `<?xml version="1.0" encoding="UTF-8"?>\n${tag("svg", { ...SPACES, ...look, "data-theme": theme.name }, ...inside)}\n`;
  return {
    svg: () => documentOf(tag("title", {}, escaped(picture.title)), ...pieces.map(({ markup }) => markup)),
    sheets: () => pieces.map(({ left, right, markup }) => ({ left, right, svg: documentOf(markup) })),
    width,
    height,
  };
}
