import { type SizeWords, scaleWords } from "../../../layout/legend.ts";
import type { Range } from "../../../layout/matrix/scale.ts";
import { shortened } from "../../../layout/words.ts";
import { group, line, type Markup, paint, short, tag } from "../../../marks/svg/xml.ts";
import { type RampKind, rampStops } from "../../../theme/ramps.ts";
import type { Paper } from "./paper.ts";

/** What the colours of one facet's matrices stand for. */
export interface SavedScale {
  kind: RampKind;
  range: Range | null;
  beyond: boolean;
  unit: string;
}

export interface SavedFoot {
  /** What the picture is of. */
  facts: string;
  /** What connections mean and how many of them are drawn; null where nothing is known of any. */
  curves: { drawn: boolean; words: string } | null;
  scales: readonly SavedScale[];
  /** What the sides of tiles stand for, and where; null where no tile is, or they say nothing. */
  sizes: (Pick<SizeWords, "marks"> & { what: string }) | null;
}

const SIDE = 16;
const SIZE = 11;
const APART = 18;
const BAR = { width: 90, height: 9 } as const;
/** Side of the square that stands for the smallest tile. */
const MARK = 5;
const ROW = { height: 22, around: 8 } as const;

/** A part of the foot that stays on one line. */
interface Piece {
  width: number;
  draw: (x: number, middle: number) => Markup;
}

function words(text: string, paper: Paper): Piece {
  const look = { size: SIZE, colour: paper.theme.colour.muted };
  return { width: paper.measure(SIZE, 400)(text), draw: (x, y) => line(text, { x, y, ...look }) };
}

/** Pieces beside one another. */
function beside(pieces: readonly Piece[], apart: number): Piece {
  const width = pieces.reduce((sum, piece) => sum + piece.width, 0) + apart * Math.max(0, pieces.length - 1);
  return {
    width,
    draw(x, middle) {
      let left = x;
      return pieces
        .map((piece) => {
          const drawn = piece.draw(left, middle);
          left += piece.width + apart;
          return drawn;
        })
        .join("");
    },
  };
}

function curve(text: string, sign: 1 | -1, paper: Paper): Piece {
  const colour = paper.theme.colour[sign > 0 ? "positive" : "negative"];
  const look = { fill: "none", ...paint("stroke", colour), "stroke-width": 3 };
  const dashes = sign > 0 ? null : "5 3.5";
  const stroke: Piece = {
    width: 22,
    draw: (x, middle) => tag("path", { d: `M${short(x)} ${short(middle)}h22`, ...look, "stroke-dasharray": dashes }),
  };
  return beside([stroke, words(text, paper)], 4);
}

function sizesPiece({ marks, what }: NonNullable<SavedFoot["sizes"]>, paper: Paper): Piece {
  const { hover, faint } = paper.theme.colour;
  const squares = marks.map((mark): Piece => {
    const side = MARK * mark.side;
    const look = { width: side, height: side, ...paint("fill", hover), ...paint("stroke", faint) };
    const square = { width: side, draw: (x: number, y: number) => tag("rect", { x, y: y - side / 2, ...look }) };
    return beside([square, words(mark.words, paper)], 5);
  });
  return beside([...squares, words(what, paper)], 9);
}

function scalePiece({ kind, range, beyond, unit }: SavedScale, id: string, paper: Paper): Piece {
  const [low, , high] = scaleWords(kind, range, beyond);
  const stops = rampStops(paper.theme, kind);
  const colours = stops.map((colour, at) => tag("stop", { offset: at / (stops.length - 1), "stop-color": colour }));
  const edge = { ...paint("stroke", paper.theme.colour.lineStrong), "stroke-width": 0.5 };
  const bar: Piece = {
    width: BAR.width,
    draw: (x, middle) =>
      tag("linearGradient", { id }, ...colours) +
      tag("rect", { x, y: middle - BAR.height / 2, ...BAR, rx: 2, fill: `url(#${id})`, ...edge }),
  };
  return beside([words(low, paper), bar, words(`${high} · ${unit}`, paper)], 5);
}

/** Pieces line by line, as many on each as it has room for. */
function linesOf(pieces: readonly Piece[], width: number): Piece[][] {
  const lines: Piece[][] = [[]];
  for (const piece of pieces) {
    const last = lines.at(-1) as Piece[];
    if (last.length > 0 && beside([...last, piece], APART).width > width) lines.push([piece]);
    else last.push(piece);
  }
  return lines;
}

export interface Foot {
  height: number;
  /** The foot below a height. */
  draw: (top: number) => Markup;
}

/** Below the picture: what its curves, sizes and colours mean, and at the right which run it is of. */
export function footOf({ facts, curves, scales, sizes }: SavedFoot, width: number, paper: Paper): Foot {
  const room = width - 2 * SIDE;
  const run = words(shortened(facts, room, paper.measure(SIZE, 400)), paper);
  const pieces = [
    ...(curves?.drawn ? [beside([curve("excites", 1, paper), curve("inhibits", -1, paper)], 10)] : []),
    ...(curves ? [words(curves.words, paper)] : []),
    ...(sizes ? [sizesPiece(sizes, paper)] : []),
    ...scales.map((scale, index) => scalePiece(scale, `scale-${index}`, paper)),
  ];
  const lines = linesOf([...pieces, run], room);
  const height = lines.length * ROW.height + ROW.around;
  const draw = (top: number): Markup => {
    const middleOf = (index: number): number => top + ROW.around / 2 + (index + 0.5) * ROW.height;
    const drawn = lines.map((own, index) => {
      const left = beside(
        own.filter((piece) => piece !== run),
        APART,
      );
      return left.draw(SIDE, middleOf(index));
    });
    const edge = tag("rect", { x: 0, y: top, width, height: 1, ...paint("fill", paper.theme.colour.line) });
    const right = run.draw(width - SIDE - run.width, middleOf(lines.length - 1));
    return group({ "data-part": "foot" }, [edge, ...drawn, right]);
  };
  return { height, draw };
}
