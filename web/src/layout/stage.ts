import type { LayerScene } from "../api/types.ts";
import type { Importance } from "../state/viewState.ts";
import { type Body, bodyHeight, bodyOf, type Limits } from "./body.ts";
import type { Column, Span } from "./columns.ts";
import { type Card, SPACE } from "./space.ts";
import { labelScale, READABLE } from "./viewport.ts";

export interface PlacedColumn {
  column: Column;
  x: number;
  y: number;
  width: number;
  height: number;
  cards: Card[];
  pending: boolean;
}

export interface PlacedSpan {
  span: Span;
  x: number;
  width: number;
  y: number;
}

export interface Stage {
  columns: PlacedColumn[];
  spans: PlacedSpan[];
  width: number;
  height: number;
  /** Where the cards begin, below the heads. */
  top: number;
  /** By how much labels in cards may be enlarged: they have room for that. */
  label: number;
}

export interface StageInput {
  columns: readonly Column[];
  spans: readonly Span[];
  layer: (id: string) => LayerScene | null;
  /** Entries of the input column. */
  examples: number;
  size: { width: number; height: number };
  /** What the tiles' sizes stand for. */
  importance: Importance;
}

const taken = (bodies: readonly Body[]): number => bodies.reduce((sum, body) => sum + body.width, 2 * SPACE.margin);

/** A picture made for one zoom: at it, labels and heads have the room they need. */
interface Plan {
  bodies: Body[];
  top: number;
  foot: number;
  label: number;
  room: number;
  width: number;
}

/** A few columns may be as wide as the screen has room for; many have a width beyond which none grows. */
function widestAt({ columns, size }: StageInput, k: number): number {
  const clusters = columns.filter((column) => column.kind === "clusters").length;
  const others = 2 * SPACE.margin + SPACE.input.width + SPACE.classes.width + SPACE.gap.least * (columns.length - 1);
  const share = (size.width / k - others) / Math.max(1, clusters);
  return Math.max(SPACE.width.most, Math.min(2 * SPACE.width.most, Math.floor(share)));
}

function planAt(input: StageInput, k: number, most: number, label = labelScale(k)): Plan {
  const depths = input.spans.length === 0 ? 0 : 1 + Math.max(...input.spans.map((span) => span.depth));
  const top = SPACE.margin / 2 + depths * SPACE.span + SPACE.head * label;
  const foot = SPACE.foot * label;
  const room = Math.max(360, input.size.height / k - top - foot);
  const limits: Limits = { room, most, widest: widestAt(input, k), label, importance: input.importance };
  const scene = (column: Column): LayerScene | null => (column.layer === null ? null : input.layer(column.layer));
  const bodies = input.columns.map((column) => bodyOf(column, scene(column), input.examples, limits));
  return { bodies, top, foot, label, room, width: input.size.width / k };
}

function fits({ bodies, room, width }: Plan): boolean {
  const gaps = SPACE.gap.least * (bodies.length - 1);
  return taken(bodies) + gaps <= width && bodies.every((body) => bodyHeight(body) <= room);
}

const ZOOMS = [1, 0.94, 0.88, 0.82, 0.76, 0.7, 0.65, 0.6, 0.55, 0.5, READABLE];
const TILES = [SPACE.tile.most, 44, 37, 31, 26];

/** The plan for the largest zoom at which everything is on the screen; else one that is panned at zoom 1. */
function planOf(input: StageInput): Plan {
  const narrowest = SPACE.width.least + SPACE.gap.least;
  if (input.columns.length * narrowest <= input.size.width / READABLE) {
    for (const k of ZOOMS) {
      // Smaller tiles before a smaller picture, but not much smaller.
      for (const most of TILES.slice(0, k > 0.8 ? 4 : 5)) {
        const plan = planAt(input, k, most);
        if (fits(plan)) return plan;
      }
    }
  }
  const plan = planAt(input, 1, SPACE.tile.crowded);
  // What is far higher than the screen begins small, with labels so large that they need room from the beginning.
  const height = plan.top + Math.max(plan.room, ...plan.bodies.map(bodyHeight)) + plan.foot;
  const begins = Math.max(READABLE, Math.min(1, input.size.height / height));
  return begins < 0.6 ? planAt(input, 1, SPACE.tile.crowded, labelScale(begins)) : plan;
}

/** Room between two columns: what is left when the columns have what they need, within bounds. */
function gapOf(bodies: readonly Body[], width: number): number {
  const free = (width - taken(bodies)) / Math.max(1, bodies.length - 1);
  return Math.floor(Math.max(SPACE.gap.least, Math.min(SPACE.gap.most, free)));
}

/** Give every column and card its place. Pure: the same input gives the same picture. */
export function stageLayout(input: StageInput): Stage {
  const { bodies, top, foot, label, room, width } = planOf(input);
  const tallest = Math.max(room, ...bodies.map(bodyHeight));
  const gap = gapOf(bodies, width);
  let x = SPACE.margin;
  const columns = bodies.map((body, index): PlacedColumn => {
    const column = input.columns[index] as Column;
    const height = bodyHeight(body);
    let y = top + Math.round((tallest - height) / 2);
    const first = y;
    const cards = body.cards.map((card): Card => {
      const placed = { ...card, y };
      y += card.height + body.gap;
      return placed;
    });
    const placed = { column, x, y: first, width: body.width, height, cards, pending: body.pending };
    x += body.width + gap;
    return placed;
  });
  return {
    columns,
    spans: placeSpans(input.spans, columns),
    width: x - gap + SPACE.margin,
    height: top + tallest + foot,
    top,
    label,
  };
}

function placeSpans(spans: readonly Span[], columns: readonly PlacedColumn[]): PlacedSpan[] {
  return spans.flatMap((span) => {
    const [first, last] = [columns[span.from], columns[span.to]];
    if (!first || !last) return [];
    const y = SPACE.margin / 2 + span.depth * SPACE.span;
    return [{ span, x: first.x, width: last.x + last.width - first.x, y }];
  });
}
