import type { PlacedColumn, Stage } from "./stage.ts";

/** Whether two pictures differ only in where the cards of their columns stand: then the cards can glide. */
export function onlyMoved(before: Stage, after: Stage): boolean {
  if (before.columns.length !== after.columns.length || before.width !== after.width || before.height !== after.height)
    return false;
  return before.columns.every((column, index) => {
    const other = after.columns[index];
    if (!other || other.column.key !== column.column.key || other.pending !== column.pending) return false;
    const heights = new Map(column.cards.map((card) => [card.id, card.height]));
    return other.cards.length === heights.size && other.cards.every((card) => heights.get(card.id) === card.height);
  });
}

/** A picture on its way to another that differs only in the order of its cards; `share` 0 is the first, 1 the second. */
export function between(from: Stage, to: Stage, share: number): Stage {
  const columns = to.columns.map((column, index): PlacedColumn => {
    const before = new Map(from.columns[index]?.cards.map((card) => [card.id, card.y]));
    const cards = column.cards.map((card) => {
      const y = before.get(card.id) ?? card.y;
      return y === card.y ? card : { ...card, y: y + (card.y - y) * share };
    });
    return { ...column, cards };
  });
  return { ...to, columns };
}
