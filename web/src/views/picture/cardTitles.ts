import type { ClusterScene, LayerClusters } from "../../api/types.ts";
import { type CardArea, cardArea } from "../../layout/card.ts";
import { isLocked, notesIn } from "../../layout/edits/edited.ts";
import { type Card, SPACE } from "../../layout/space.ts";
import { type Measure, TWO_LINES, titlesWithin, wordsWithin } from "../../layout/words.ts";
import { measureOf } from "../../marks/measure.ts";

export const SIZE = { title: 10.5, count: 10 } as const;
const APART = 5;

export const titleMeasure = (): Measure => measureOf(SIZE.title, 600);

/** Width of the sign of a lock or of a note. */
export const SIGN = 12;

/** What the line of words of a card depends on. */
export interface Headed {
  cluster: ClusterScene;
  parts: CardArea;
  width: number;
  /** What users wrote and locked in its layer. */
  state: LayerClusters | null;
}

/** Room for one line of a card's title beside signs and the number of neurons, in pixels of its letters. */
function lineRoom({ cluster, parts, width, state }: Headed): number {
  const count = measureOf(SIZE.count)(String(cluster.neurons.length));
  const signs = Number(isLocked(state, cluster.id)) + Number(notesIn(state, cluster).length > 0);
  return width / parts.words - 2 * SPACE.card.side - 4 - count - APART - signs * (SIGN + APART);
}

/** The same for all of the title. */
const titleRoom = (of: Headed): number => lineRoom(of) * (of.parts.lines === 2 ? TWO_LINES : 1);

/** The bars of a class profile beside a title. */
export const BARS = { width: 40, height: 11 } as const;

export const noteWidth = (note: string): number => measureOf(SIZE.count)(note);

/** Whether something has room beside a title that stands on one line, and whole. */
export function hasRoomFor(width: number, title: string, of: Headed): boolean {
  const whole = of.parts.words > 0 && title === of.cluster.title;
  return whole && titleMeasure()(title) + width + APART <= lineRoom(of);
}

/** Titles of a column's cards as they stand on them at a zoom; empty where a card shows none. */
export function titlesOf(
  clusters: readonly ClusterScene[],
  cards: readonly Card[],
  { width, zoom, state }: { width: number; zoom: number; state: LayerClusters | null },
): string[] {
  const measure = titleMeasure();
  const heads = clusters.map((cluster, index) => {
    const card = cards[index];
    const parts = card && cardArea(card, width, zoom);
    return parts && parts.words > 0 ? { cluster, parts, width, state } : null;
  });
  const rooms = heads.map((head) => (head ? titleRoom(head) : 0));
  const titles = clusters.map((cluster) => cluster.title);
  return titlesWithin(titles, rooms, measure).map((title, index) => {
    const head = heads[index];
    return head ? wordsWithin(title, lineRoom(head), measure) : "";
  });
}

/** The same at any zoom; that of the last one is remembered, since every card of the column asks for it. */
export function titlesByZoom(
  clusters: readonly ClusterScene[],
  cards: readonly Card[],
  of: { width: number; state: LayerClusters | null },
): (zoom: number) => string[] {
  let last: { zoom: number; titles: string[] } | null = null;
  return (zoom) => {
    if (last?.zoom !== zoom) last = { zoom, titles: titlesOf(clusters, cards, { ...of, zoom }) };
    return last.titles;
  };
}
