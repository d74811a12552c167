import type { LayerScene } from "../api/types.ts";
import type { Importance } from "../state/viewState.ts";
import { landscape, type Tile } from "./packing.ts";
import { type Card, SPACE } from "./space.ts";
import type { PlacedColumn } from "./stage.ts";

/** A place in the world of the picture. */
export interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Room for the drawing in a card: all that its words leave, so that a matrix may be wider than the tiles. */
export function drawingArea(card: Card, { x, width }: { x: number; width: number }): Area {
  const { side, top, bottom, title, tiles } = SPACE.card;
  const wide = card.form === "wide";
  const words = wide ? SPACE.words.width + SPACE.words.gap : 0;
  return {
    x: x + side + words,
    y: card.y + (wide ? top : top + title + tiles),
    width: Math.max(card.tiles.width, width - 2 * side - words - 2),
    height: wide ? card.height - top - bottom - 2 : card.tiles.height,
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

/** The tiles of all neurons of a column that shows learned features, by neuron. */
export function tilePlaces(scene: LayerScene, placed: PlacedColumn, importance: Importance): Map<number, TilePlace> {
  const out = new Map<number, TilePlace>();
  const cards = new Map(placed.cards.map((card) => [card.id, card]));
  for (const cluster of scene.clusters) {
    const card = cards.get(cluster.id);
    if (!card) continue;
    const area = drawingArea(card, placed);
    const packing = landscape(cluster, importance);
    const cell = card.tiles.width / packing.width;
    for (const tile of packing.tiles) {
      out.set(tile.neuron, {
        x: area.x + tile.x * cell,
        y: area.y + tile.y * cell,
        side: tile.side * cell,
        sprite: tile.sprite,
        cluster: cluster.id,
      });
    }
  }
  return out;
}
