import { runsOf } from "../../layout/matrix/band.ts";
import type { MatrixColumn } from "../../layout/matrix/columns.ts";
import { shortTitle } from "../../layout/matrix/frame.ts";
import { namedColumns } from "../../layout/matrix/names.ts";
import { type Measure, shortened, titlesWithin } from "../../layout/words.ts";
import type { Theme } from "../../theme/theme.ts";
import { LETTER, type MatrixPicture, ROOM_FOR_SIGN, STRONG } from "../drawMatrix.ts";
import { hatched } from "./hatch.ts";
import { group, line, type Markup, paint, short, tag } from "./xml.ts";

export type SvgMatrix = Pick<MatrixPicture, "frame" | "columns" | "rowTitle" | "marks" | "theme" | "dead"> & {
  /** The cells' colours as an image. */
  cells: string;
  /** Where a cell's value lies on the ramp; null for values that are not around 0 and need no sign. */
  shareAt: ((row: number, column: number) => number) | null;
  measure: Measure;
};

/** Cells of a matrix as they lie in their frame. */
interface Cells {
  left: number;
  top: number;
  width: number;
  height: number;
}

const cellsOf = ({ frame }: SvgMatrix): Cells => ({
  left: frame.left,
  top: frame.top,
  width: frame.cell.width * frame.columns,
  height: frame.cell.height * frame.rows,
});

/** A minus in cells below 0, so that the sign is not told by hue alone. */
function signsSvg({ frame, shareAt, theme }: SvgMatrix): Markup {
  if (!shareAt || Math.min(frame.cell.width, frame.cell.height) < ROOM_FOR_SIGN) return "";
  const paths = { strong: "", weak: "" };
  for (let row = 0; row < frame.rows; row++) {
    for (let column = 0; column < frame.columns; column++) {
      const share = shareAt(row, column);
      if (!(share < 0.5)) continue;
      const x = frame.left + (column + 0.5) * frame.cell.width - 2.6;
      paths[share < STRONG ? "strong" : "weak"] +=
        `M${short(x)} ${short(frame.top + (row + 0.5) * frame.cell.height)}h5.2`;
    }
  }
  const path = (d: string, colour: string): Markup =>
    d === "" ? "" : tag("path", { d, fill: "none", ...paint("stroke", colour), "stroke-width": 1.5 });
  return path(paths.weak, theme.colour.muted) + path(paths.strong, theme.colour.surface);
}

/** Outlines of what was picked. */
function marksSvg({ frame, marks, theme }: SvgMatrix, { left, top, width, height }: Cells): Markup {
  const box = (x: number, y: number, w: number, h: number): Markup =>
    [
      [3, theme.colour.surface],
      [1.5, theme.colour.accent],
    ]
      .map(([thick = 0, colour = ""]) =>
        tag("rect", {
          x,
          y,
          width: w,
          height: h,
          fill: "none",
          ...paint("stroke", String(colour)),
          "stroke-width": thick,
        }),
      )
      .join("");
  const { width: w, height: h } = frame.cell;
  const rows = [...runsOf(marks.rows), ...(marks.chosen === null ? [] : [[marks.chosen, marks.chosen + 1]])];
  return [
    ...rows.map(([from = 0, to = 0]) => box(left, top + from * h, width, Math.max(1.5, (to - from) * h))),
    ...runsOf(marks.columns).map(([from, to]) => box(left + from * w, top, Math.max(1.5, (to - from) * w), height)),
  ].join("");
}

function wordsSvg({ frame, columns, rowTitle, marks, theme, measure }: SvgMatrix): Markup {
  const { muted, accent, text } = theme.colour;
  const rows = frame.rowWords
    ? Array.from({ length: frame.rows }, (_, row) => {
        const colour = row === marks.chosen || marks.rows.includes(row) ? accent : muted;
        const y = frame.top + (row + 0.5) * frame.cell.height;
        return line(rowTitle(row), { x: frame.left - 5, y, size: LETTER, colour, anchor: "end" });
      })
    : [];
  const upright = frame.columnWords === "upright";
  const above = (column: MatrixColumn, index: number): Markup => {
    const colour = marks.columns.includes(index) ? accent : column.opens ? text : muted;
    const x = frame.left + (index + 0.5) * frame.cell.width;
    const title = shortTitle(column.title);
    const words = shortened(title, upright ? frame.top - 8 : frame.cell.width - 4, measure) || title.slice(0, 1);
    return upright
      ? line(words, { x, y: frame.top - 5, size: LETTER, colour, turned: -90 })
      : line(words, { x, y: frame.top - 8, size: LETTER, colour, anchor: "middle" });
  };
  return group({}, [...rows, ...(frame.columnWords === "none" ? [] : columns.map(above))]);
}

/** A cluster's matrix, from the corner of its drawing: its cells one image of a pixel each, all else drawn. */
export function matrixSvg(matrix: SvgMatrix): Markup {
  const { frame, theme, cells: href, dead = [] } = matrix;
  const cells = cellsOf(matrix);
  const { left: x, top: y, width, height } = cells;
  const box = { x, y, width, height };
  return [
    tag("image", { ...box, preserveAspectRatio: "none", "image-rendering": "pixelated", "xlink:href": href }),
    ...dead.map(([from, to]) => {
      const rows = { ...box, y: y + from * frame.cell.height, height: (to - from) * frame.cell.height };
      return hatched(rows, 6, 1, theme);
    }),
    signsSvg(matrix),
    tag("rect", { ...box, fill: "none", ...paint("stroke", theme.colour.edge), "stroke-width": 0.5 }),
    marksSvg(matrix, cells),
    wordsSvg(matrix),
  ].join("");
}

/** Names of classes below a column of matrices, each under its cells. */
export function classNamesSvg(
  columns: readonly MatrixColumn[],
  at: { x: number; y: number; width: number; height: number },
  { theme, measure, lit }: { theme: Theme; measure: Measure; lit: readonly number[] },
): Markup {
  const { stage, text, muted } = theme.colour;
  const pitch = at.width / Math.max(1, columns.length);
  const named = namedColumns(columns.length, pitch, lit);
  const titles = named.map((index) => shortTitle(columns[index]?.title ?? ""));
  const cut = titlesWithin(
    titles,
    titles.map(() => at.height - 2),
    measure,
  );
  const names = named.map((index, place) =>
    line(cut[place] ?? "", {
      x: at.x + (index + 0.5) * pitch,
      y: at.y,
      size: NAMES,
      colour: lit.includes(index) ? text : muted,
      anchor: "end",
      turned: -90,
      halo: stage,
    }),
  );
  return tag("rect", { ...at, ...paint("fill", stage), opacity: 0.75 }) + group({}, names);
}

/** Size of the names of classes. */
export const NAMES = 9.5;
