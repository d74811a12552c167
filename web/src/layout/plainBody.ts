import { AROUND, type Body } from "./body.ts";
import type { Column } from "./columns.ts";
import { SPACE } from "./space.ts";

/** Clusters that a layer may have before they are known. */
export const guessed = (neurons: number): number => Math.max(2, Math.min(8, Math.round(Math.sqrt(neurons))));

/** About as much room as the column will take, so that little moves when it comes. */
export function pendingBody(column: Column, width: number, room: number): Body {
  const count = guessed(column.neurons);
  const height = Math.max(AROUND + SPACE.card.least, Math.min(110, room / count - SPACE.card.gap));
  const cards = Array.from({ length: count }, (_, index) => ({
    id: `pending-${index}`,
    height: Math.floor(height),
    lines: 1 as const,
    tiling: null,
  }));
  return { width, cards, pending: true, gap: SPACE.card.gap };
}

export function classesBody(column: Column, room: number): Body {
  const { least, most, gap, width } = SPACE.classes;
  const pitch = Math.max(least, Math.min(most + gap, room / Math.max(1, column.neurons)));
  const space = pitch > 30 ? gap : 1;
  const cards = Array.from({ length: column.neurons }, (_, index) => ({
    id: String(index),
    height: Math.floor(pitch - space),
    lines: 1 as const,
    tiling: null,
  }));
  return { width, cards, pending: false, gap: space };
}

export function inputBody(examples: number, room: number): Body {
  const { width, gap } = SPACE.input;
  const fit = room / Math.max(1, examples) - gap;
  const height = Math.max(30, Math.min(SPACE.input.tile, Math.floor(fit)));
  const cards = Array.from({ length: examples }, (_, index) => ({
    id: String(index),
    height,
    lines: 1 as const,
    tiling: null,
  }));
  return { width, cards, pending: false, gap };
}
