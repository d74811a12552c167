import type { LayerScene } from "../api/types.ts";
import type { Importance } from "../state/viewState.ts";
import { packingOf, type Tile } from "./packing.ts";
import { type Card, SPACE } from "./space.ts";
import type { PlacedColumn } from "./stage.ts";
import { growthIn, showsAll, tilingAt } from "./tiling.ts";
import { lineScale, wordScale } from "./viewport.ts";

/** A place in the world of the picture. */
export interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** How a card is divided at a zoom, in world units: the room for its drawing, from its corner, and its words. */
export interface CardArea extends Area {
  /** By how much its words are scaled; 0: it shows none. */
  words: number;
  /** Lines of its title. */
  lines: 1 | 2;
  /** Height of the line of words. */
  head: number;
}

/** Words above, the drawing in all the rest: the closer, the more of the card it has. */
export function cardArea(card: Pick<Card, "height" | "lines">, width: number, k: number): CardArea {
  const { side, head: line, line: second, bottom } = SPACE.card;
  const words = wordScale(k, card.height);
  // Close up one line holds more than two did.
  const lines = words > 0.6 ? card.lines : 1;
  const head = words * (line + (lines - 1) * second);
  const thin = lineScale(k);
  const around = words === 0 ? side : head;
  return {
    words,
    lines,
    head,
    x: side * thin,
    y: around,
    width: width - 2 * side * thin,
    height: card.height - around - bottom * thin,
  };
}

/** Where a neuron's tile lies in the world, and what is drawn in it. */
export interface TilePlace {
  x: number;
  y: number;
  side: number;
  sprite: Tile["sprite"];
  cluster: string;
}

type Placed = Pick<PlacedColumn, "cards" | "width">;

/** By how much the tiles of a column's cards grow at a zoom: all alike, so that their sizes can be compared. */
export function growthAt({ cards, width }: Placed, zoom: number): number {
  const each = cards.map(({ tiling, ...card }) => {
    const area = cardArea(card, width, zoom);
    return tiling === null || showsAll(tiling, area, zoom) ? Number.POSITIVE_INFINITY : growthIn(tiling, area);
  });
  return Math.min(zoom > 1 ? Number.POSITIVE_INFINITY : 1, ...each);
}

/** Whether a side means the same in all cards of a column: not where some show more neurons than were planned. */
export const sizesCompare = ({ cards, width }: Placed, zoom: number): boolean =>
  cards.length < 2 || cards.every(({ tiling, ...card }) => !showsAll(tiling, cardArea(card, width, zoom), zoom));

/** The same for a layer, wherever it is drawn. */
export const sizesCompareIn = (columns: readonly PlacedColumn[], layer: string, zoom: number): boolean =>
  columns.every((placed) => placed.column.layer !== layer || sizesCompare(placed, zoom));

/** The tiles that a column of learned features shows at a zoom, by neuron. */
export function tilePlaces(
  scene: LayerScene,
  placed: PlacedColumn,
  { importance, zoom }: { importance: Importance; zoom: number },
): Map<number, TilePlace> {
  const out = new Map<number, TilePlace>();
  const cards = new Map(placed.cards.map((card) => [card.id, card]));
  const at = { zoom, growth: growthAt(placed, zoom) };
  for (const cluster of scene.clusters) {
    const card = cards.get(cluster.id);
    if (!card) continue;
    const area = cardArea(card, placed.width, zoom);
    const { tiles } = tilingAt(card.tiling, packingOf(cluster, importance), area, at);
    for (const { neuron, x, y, side, sprite } of tiles) {
      out.set(neuron, { x: placed.x + area.x + x, y: card.y + area.y + y, side, sprite, cluster: cluster.id });
    }
  }
  return out;
}
