import type { MatrixFacts } from "../../api/types.ts";
import { counted, number, signed } from "../words.ts";
import type { MatrixColumn } from "./columns.ts";
import type { Cell } from "./frame.ts";
import type { Grid } from "./grid.ts";
import type { Range } from "./scale.ts";

/** The values behind the cells, and what the colours of each row span. */
export interface CellValues {
  values: Grid;
  ranges: readonly Range[];
  facts: MatrixFacts;
}

const writer = (facts: MatrixFacts): ((value: number) => string) => (facts.facet === "contributions" ? signed : number);

/** A cell's value alone; a dash where there is no image. */
export const cellNumber = (value: number | undefined, facts: MatrixFacts): string =>
  value === undefined || Number.isNaN(value) ? "–" : writer(facts)(value);

/** What a cell says: neuron, class or class group, value with its unit, and the range that its colour lies in. */
export function cellWords(
  cell: Cell,
  rows: readonly number[],
  columns: readonly MatrixColumn[],
  { values, ranges, facts }: CellValues,
): { title: string; text: string } {
  const neuron = rows[cell.row];
  const column = columns[cell.column];
  const write = writer(facts);
  const range = ranges[cell.row];
  const colours = range ? `colours from ${write(range.low)} to ${write(range.high)}` : "";
  if (!column) return { title: `neuron ${neuron}`, text: `${colours}; drag over rows to pick neurons` };
  const many = column.classes.length > 1;
  const group = many ? `${column.title} (mean of ${counted(column.classes.length, "class", "classes")})` : column.title;
  if (neuron === undefined) {
    return { title: group, text: column.opens ? "click to open the group" : "drag over columns to pick classes" };
  }
  const value = values.values[cell.row * values.columns + cell.column] as number;
  const text = Number.isNaN(value) ? "no image" : `${write(value)} ${facts.unit}; ${colours}`;
  return { title: `neuron ${neuron} · ${group}`, text };
}
