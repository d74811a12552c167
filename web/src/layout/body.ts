import type { LayerScene } from "../api/types.ts";
import type { Importance } from "../state/viewState.ts";
import type { Column } from "./columns.ts";
import { landscape, meanSide } from "./packing.ts";
import { type Card, type Form, SPACE } from "./space.ts";

/** What a column needs, before it has a place. */
export interface Body {
  width: number;
  cards: Omit<Card, "y">[];
  pending: boolean;
  gap: number;
}

const CARD = SPACE.card;
const ABOVE_AND_BELOW = CARD.top + 2 * CARD.tiles + CARD.bars + CARD.bottom;

/** What bounds the columns: the height there is, the largest tiles, the widest column, by how much labels are enlarged, what sizes mean. */
export interface Limits {
  importance: Importance;
  room: number;
  most: number;
  widest: number;
  label: number;
}

export const bodyHeight = ({ cards, gap }: Pick<Body, "cards" | "gap">): number =>
  cards.reduce((sum, card) => sum + card.height, 0) + gap * Math.max(0, cards.length - 1);

function clusterBody(scene: LayerScene, form: Form, tile: number, { label, importance }: Limits): Body {
  const mean = meanSide(scene, importance);
  const packings = scene.clusters.map((cluster) => {
    const { width, height, smallest } = landscape(cluster, importance);
    const cell = tile / (mean * smallest);
    return { width: width * cell, height: height * cell };
  });
  const widest = Math.max(0, ...packings.map((packing) => packing.width));
  const words = form === "wide" ? SPACE.words.gap + SPACE.words.width : 0;
  const width = Math.ceil(Math.max(SPACE.width.least, widest + words + 2 * CARD.side));
  // About what a title needs, beside the number of neurons.
  const room = (form === "wide" ? SPACE.words.width : width - 2 * CARD.side) - 24;
  const cards = scene.clusters.map((cluster, index) => {
    const tiles = packings[index] ?? { width: 0, height: 0 };
    const lines = cluster.title.length * CARD.letter * label > room ? (2 as const) : (1 as const);
    const title = (CARD.title + (lines - 1) * CARD.line) * label;
    const tall = ABOVE_AND_BELOW + title + tiles.height;
    const wide = Math.max(SPACE.words.least + CARD.title * label, tiles.height + CARD.top + CARD.bottom);
    const height = Math.round(form === "tall" ? tall : wide);
    const fits = form === "tall" || height >= SPACE.words.least + (CARD.title + CARD.line) * label;
    return { id: cluster.id, form, lines: fits ? lines : (1 as const), height, tiles } satisfies Omit<Card, "y">;
  });
  return { width, cards, pending: false, gap: cards.length > 9 ? CARD.crowded : CARD.gap };
}

/** The largest whole number from low to high that fits; null when not even the lowest does. */
function largestFitting(low: number, high: number, fits: (value: number) => boolean): number | null {
  if (!fits(low)) return null;
  let [good, bad] = [low, high + 1];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (fits(middle)) good = middle;
    else bad = middle;
  }
  return good;
}

/** The largest tiles with which the column is no higher than the room, in the form that gives larger ones. */
function bestBody(scene: LayerScene, limits: Limits): Body {
  const { room, most } = limits;
  const within =
    (form: Form, height: number) =>
    (tile: number): boolean => {
      const body = clusterBody(scene, form, tile, limits);
      return bodyHeight(body) <= height && body.width <= limits.widest;
    };
  const { tiny, least, roomy } = SPACE.tile;
  const tall = largestFitting(Math.min(least, most), most, within("tall", room)) ?? 0;
  const wide = largestFitting(Math.min(least, most), most, within("wide", room)) ?? 0;
  // Words above the tiles make the narrower column.
  if (tall > 0 && tall >= Math.min(roomy, wide)) return clusterBody(scene, "tall", tall, limits);
  if (wide > 0) return clusterBody(scene, "wide", wide, limits);
  // Hundreds of neurons: tiles like dots, and if need be higher than the room, but not without end.
  const dots =
    largestFitting(tiny, least, within("tall", room)) ?? largestFitting(tiny, least, within("tall", 1.5 * room));
  return clusterBody(scene, "tall", dots ?? tiny, limits);
}

/** About as much room as the column will take, so that little moves when it comes. */
function pendingBody(column: Column, room: number): Body {
  const clusters = Math.max(2, Math.min(8, Math.round(Math.sqrt(column.neurons))));
  const height = Math.max(SPACE.words.least + CARD.title, Math.min(140, (room - clusters * CARD.gap) / clusters));
  const width = column.neurons > 24 ? 220 : 170;
  const cards = Array.from({ length: clusters }, (_, index) => ({
    id: `pending-${index}`,
    form: "wide" as const,
    height,
    lines: 1 as const,
    tiles: { width: 0, height: 0 },
  }));
  return { width, cards, pending: true, gap: CARD.gap };
}

function classesBody(column: Column, room: number): Body {
  const { least, most, gap, width } = SPACE.classes;
  const pitch = Math.max(least, Math.min(most + gap, room / Math.max(1, column.neurons)));
  const space = pitch > 30 ? gap : 1;
  const cards = Array.from({ length: column.neurons }, (_, index) => ({
    id: String(index),
    height: Math.floor(pitch - space),
    form: "wide" as const,
    lines: 1 as const,
    tiles: { width: 0, height: 0 },
  }));
  return { width, cards, pending: false, gap: space };
}

function inputBody(examples: number, room: number): Body {
  const { width, gap } = SPACE.input;
  const fit = room / Math.max(1, examples) - gap;
  const tile = Math.max(30, Math.min(SPACE.input.tile, Math.floor(fit)));
  const cards = Array.from({ length: examples }, (_, index) => ({
    id: String(index),
    height: tile,
    form: "tall" as const,
    lines: 1 as const,
    tiles: { width: tile, height: tile },
  }));
  return { width, cards, pending: false, gap };
}

/** The body of one column; `scene` is null while its clusters have not come. */
export function bodyOf(column: Column, scene: LayerScene | null, examples: number, limits: Limits): Body {
  if (column.kind === "input") return inputBody(examples, limits.room);
  if (column.kind === "classes") return classesBody(column, limits.room);
  return scene ? bestBody(scene, limits) : pendingBody(column, limits.room);
}
