import type { LayerRowFacts, LayerValues, RecordedLayer, StepScene } from "../../api/types.ts";
import { number, percent } from "../words.ts";
import { type Axis, axisOf, shareAxis } from "./axis.ts";
import { real } from "./curves.ts";

/** Where the columns of the table of layers are: one per layer, in network order, all equally wide. */
export interface LayerColumns {
  count: number;
  /** Width of one, in pixels. */
  each: number;
  width: number;
  /** Whether names fit only when they are turned. */
  turned: boolean;
}

const LEAST = 15;
const MOST = 150;
const ROOM_FOR_NAMES = 74;

/** Columns that fill a width as far as that is legible; more layers than fit are scrolled. */
export function layerColumns(count: number, width: number): LayerColumns {
  const each = Math.min(MOST, Math.max(LEAST, Math.floor(width / Math.max(1, count))));
  return { count, each, width: each * count, turned: each < ROOM_FOR_NAMES };
}

/** The layer under the pointer, and the share of its column's width. */
export function columnAt(columns: LayerColumns, x: number): { layer: number; share: number } | null {
  const layer = Math.floor(x / columns.each);
  if (layer < 0 || layer >= columns.count) return null;
  const inset = Math.min(3, columns.each / 8);
  const share = (x - layer * columns.each - inset) / (columns.each - 2 * inset);
  return { layer, share: Math.min(1, Math.max(0, share)) };
}

/** Left and right end of what is drawn in a column, in pixels. */
export function cellOf(columns: LayerColumns, layer: number): { left: number; width: number } {
  const inset = Math.min(3, columns.each / 8);
  return { left: layer * columns.each + inset, width: columns.each - 2 * inset };
}

/** The axis that all layers of a row share. */
export function rowAxis(row: LayerRowFacts): Axis {
  if (row.scale === "share") return shareAxis();
  return axisOf(row.low ?? 0, row.high ?? 1, row.scale === "log");
}

/** Ends of a row's healthy range at a step, and the limits beyond which something is wrong; null for none. */
export interface Band {
  low: number | null;
  high: number | null;
  least: number | null;
  greatest: number | null;
}

/** The healthy range of a row; where it is relative, to the greatest of these values. */
export function bandOf(row: LayerRowFacts, values: readonly number[]): Band | null {
  if (!row.healthy) return null;
  const { low, high, least, greatest, relative } = row.healthy;
  const top = relative ? Math.max(0, ...values.filter((value) => Number.isFinite(value))) : 1;
  const scaled = (share: number | null): number | null => (share === null || top === 0 ? null : share * top);
  return { low: scaled(low), high, least: scaled(least), greatest };
}

/** Whether a value lies beyond the limits of what can be healthy; what was not measured does not. */
export function outside(value: number, band: Band | null): boolean {
  if (Number.isNaN(value) || !band) return false;
  return (band.least !== null && value < band.least) || (band.greatest !== null && value > band.greatest);
}

/** Whether a value lies outside the range that is usual where all is well, be it beyond the limits or not. */
export function unusual(value: number, band: Band | null): boolean {
  if (Number.isNaN(value) || !band) return false;
  return (band.low !== null && value < band.low) || (band.high !== null && value > band.high) || outside(value, band);
}

/** A row of which some layers lie beyond the limits at a step. */
export interface OddRow {
  title: string;
  layers: string[];
}

/** The rows with values beyond the limits, and in which layers, in network order. */
export function oddRows(
  rows: readonly LayerRowFacts[],
  layers: readonly RecordedLayer[],
  at: StepScene | null,
): OddRow[] {
  return rows.flatMap((row) => {
    const values = valuesOf(at?.layers.find((one) => one.row === row.id));
    const band = bandOf(row, values);
    const odd = layers.filter((_, i) => outside(values[i] ?? Number.NaN, band)).map((layer) => layer.title);
    return odd.length === 0 ? [] : [{ title: row.title, layers: odd }];
  });
}

export const valuesOf = (at: LayerValues | undefined): number[] => (at?.values ?? []).map(real);

/** A row's value as a person reads it. */
export function rowNumber(row: LayerRowFacts, value: number): string {
  if (Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "infinite" : "minus infinite";
  return row.scale === "share" ? percent(value, value > 0 && value < 0.01 ? 2 : 0) : number(value);
}

/** A row at a step in a sentence, for who does not see it. */
export function rowWords(row: LayerRowFacts, values: readonly number[], names: readonly string[]): string {
  const known = values.filter((value) => !Number.isNaN(value));
  if (known.length === 0) return `${row.title}: not measured`;
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const band = bandOf(row, values);
  const odd = names.filter((_, i) => outside(values[i] ?? Number.NaN, band));
  const told =
    odd.length === 0
      ? ""
      : `; beyond the limit in ${odd.slice(0, 5).join(", ")}${odd.length > 5 ? ` and ${odd.length - 5} more` : ""}`;
  return `${row.title}: ${rowNumber(row, low)} to ${rowNumber(row, high)} over ${known.length} layers${told}`;
}

/** Where a value lies on a row's axis, 0 to 1, for its colour; null where it was not measured. */
export function shareOf(row: LayerRowFacts, value: number): number | null {
  if (Number.isNaN(value)) return null;
  if (!Number.isFinite(value)) return value > 0 ? 1 : 0;
  return Math.min(1, Math.max(0, rowAxis(row).at(value)));
}

/** Letters that must be left of the last part of a path, so that one knows it again. */
const KNOWN_AGAIN = 7;

/**
 * The name of a layer where there is little room: what tells it from the others of its kind.
 *
 * Of a path its beginning goes first, then the middle of its last part: blocks of one kind differ in what stands before.
 */
export function shortName(title: string, most: number): string {
  if (title.length <= most) return title;
  const parts = title.match(/[^./]+[./]*/g) ?? [title];
  const last = parts.pop() ?? title;
  for (let from = 0; from <= parts.length; from++) {
    const start = `${from > 0 ? "…" : ""}${parts.slice(from).join("")}`;
    const room = most - start.length;
    if (room >= Math.min(last.length, KNOWN_AGAIN)) return `${start}${withoutMiddle(last, room)}`;
  }
  return withoutMiddle(last, most);
}

function withoutMiddle(text: string, most: number): string {
  if (text.length <= most) return text;
  const head = Math.ceil((most - 1) / 2);
  const tail = Math.max(0, most - 1 - head);
  return `${text.slice(0, head)}…${text.slice(text.length - tail)}`;
}

/** Names over the columns, and the height of their line in pixels. */
export interface LayerNames {
  names: string[];
  height: number;
}

/** About the width of a letter: of an upright name in its column, of a turned one, and of a bold title above them. */
const LETTER = { upright: 6.6, turned: 6.4, bold: 7.5 };
/** Letters of a turned name: more take too much of the stage's height. */
const MOST_TURNED = 15;

/** The names of layers, as long as their columns allow. */
export function layerNames(titles: readonly string[], columns: LayerColumns): LayerNames {
  const most = columns.turned ? MOST_TURNED : Math.floor((columns.each - 8) / LETTER.upright);
  const names = titles.map((title) => shortName(title, most));
  const longest = Math.max(1, ...names.map((name) => name.length));
  return { names, height: columns.turned ? Math.max(22, Math.ceil(longest * LETTER.turned) + 8) : 22 };
}

/** The title over some neighbouring columns; nothing where it could not be read. */
export function spanTitle(title: string, width: number): string {
  const most = Math.floor(width / LETTER.bold);
  return most < 3 ? "" : shortName(title, most);
}
