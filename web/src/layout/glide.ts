import type { PlacedColumn, Stage } from "./stage.ts";

/** Whether two pictures differ only in where the cards of their columns stand: then the cards can glide. */
export function onlyMoved(before: Stage, after: Stage): boolean {
  if (!sameColumns(before, after) || before.width !== after.width || before.height !== after.height) return false;
  return before.columns.every((column, index) => {
    const heights = new Map(column.cards.map((card) => [card.id, card.height]));
    const cards = after.columns[index]?.cards ?? [];
    return cards.length === heights.size && cards.every((card) => heights.get(card.id) === card.height);
  });
}

/** Whether two pictures show the same columns, and of each as much as before. */
export const sameColumns = (before: Stage, after: Stage): boolean =>
  before.columns.length === after.columns.length &&
  before.columns.every((column, index) => {
    const other = after.columns[index];
    return other?.column.key === column.column.key && other.pending === column.pending;
  });

/**
 * A picture on its way to another of the same columns; `share` 0 is the first, 1 the second. Cards that both have go
 * from their old place and size to the new one; those of the second alone are where they will be.
 */
export function between(from: Stage, to: Stage, share: number): Stage {
  const at = (start: number, end: number): number => (start === end ? end : start + (end - start) * share);
  const columns = to.columns.map((column, index): PlacedColumn => {
    const old = from.columns[index] ?? column;
    const before = new Map(old.cards.map((card) => [card.id, card]));
    const cards = column.cards.map((card) => {
      const start = before.get(card.id) ?? card;
      return { ...card, y: at(start.y, card.y), height: at(start.height, card.height) };
    });
    return {
      ...column,
      x: at(old.x, column.x),
      y: at(old.y, column.y),
      width: at(old.width, column.width),
      height: at(old.height, column.height),
      cards,
    };
  });
  return {
    ...to,
    columns,
    width: at(from.width, to.width),
    height: at(from.height, to.height),
    top: at(from.top, to.top),
  };
}
