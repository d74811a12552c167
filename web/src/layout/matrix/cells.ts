import type { MatrixFacts } from "../../api/types.ts";
import { counted, number, signed } from "../words.ts";
import type { MatrixColumn } from "./columns.ts";
import type { Cell } from "./frame.ts";
import type { Grid } from "./grid.ts";

/** What a cell says: neuron, class or class group, value with its unit. */
export function cellWords(
  cell: Cell,
  rows: readonly number[],
  columns: readonly MatrixColumn[],
  values: Grid,
  facts: MatrixFacts,
): { title: string; text: string } {
  const neuron = rows[cell.row];
  const column = columns[cell.column];
  if (!column) return { title: `neuron ${neuron}`, text: "drag over rows to pick neurons" };
  const many = column.classes.length > 1;
  const group = many ? `${column.title} (mean of ${counted(column.classes.length, "class", "classes")})` : column.title;
  if (neuron === undefined) {
    return { title: group, text: column.opens ? "click to open the group" : "drag over columns to pick classes" };
  }
  const value = values.values[cell.row * values.columns + cell.column] as number;
  const write = facts.facet === "contributions" ? signed : number;
  const text = Number.isNaN(value) ? "no image" : `${write(value)} ${facts.unit}`;
  return { title: `neuron ${neuron} · ${group}`, text };
}
