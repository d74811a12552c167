import type { LayerScene } from "../api/types.ts";
import type { Importance } from "../state/viewState.ts";
import { type Body, bodyHeight, type Clusters, clusterBody, clustersOf, widthFor } from "./body.ts";
import type { Column, Span } from "./columns.ts";
import { classesBody, guessed, inputBody, pendingBody } from "./plainBody.ts";
import { type Card, SPACE } from "./space.ts";
import { gapWidth, shareWidths, type WidthWish } from "./widths.ts";

export interface PlacedColumn {
  column: Column;
  x: number;
  y: number;
  width: number;
  height: number;
  cards: Card[];
  pending: boolean;
}

/** Neighbouring columns under one name. */
export interface PlacedSpan {
  span: Span;
  x: number;
  width: number;
}

export interface Stage {
  columns: PlacedColumn[];
  spans: PlacedSpan[];
  width: number;
  height: number;
  /** Where the cards begin. */
  top: number;
}

export interface StageInput {
  columns: readonly Column[];
  spans: readonly Span[];
  layer: (id: string) => LayerScene | null;
  /** Entries of the input column. */
  examples: number;
  /** Room for the picture, without heads and foot. */
  size: { width: number; height: number };
  /** What the tiles' sizes stand for. */
  importance: Importance;
}

/** A column while its width is looked for. */
interface Wanted {
  column: Column;
  /** Null while they have not come, and for other kinds of columns. */
  clusters: Clusters | null;
  /** What its curves may end at. */
  ends: number;
  /** Null for a column that has one width. */
  wish: WidthWish | null;
}

/** Widths of columns, and the room after each of them. */
interface Plan {
  widths: number[];
  gaps: number[];
}

const ENDS_OF_CLASSES = 6;

function wantedOf(input: StageInput, column: Column, room: number): Wanted {
  if (column.kind !== "clusters") {
    const ends = column.kind === "classes" ? ENDS_OF_CLASSES : 0;
    return { column, clusters: null, ends, wish: null };
  }
  const scene = column.layer === null ? null : input.layer(column.layer);
  const clusters = scene && clustersOf(scene, input.importance);
  const ends = clusters ? clusters.all.length : guessed(column.neurons);
  const wish: WidthWish = clusters
    ? (tile) => widthFor(clusters, tile, room)
    : (tile) => pendingWidth(column, tile, room);
  return { column, clusters, ends, wish };
}

/** About what the column will need: its tiles' area by three quarters of its height. */
const pendingWidth = ({ neurons }: Column, tile: number, room: number): number =>
  Math.min(SPACE.width.most, (neurons * tile * tile) / (0.6 * room));

function gapsOf(wanted: readonly Wanted[], share: number): number[] {
  return wanted.slice(1).map((right, index) => {
    const left = wanted[index] as Wanted;
    if (left.column.kind === "input") return SPACE.gap.input;
    const more = right.column.kind === "classes" ? SPACE.gap.classes : 0;
    return Math.round((gapWidth(left.ends, right.ends) + more) * share);
  });
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const fixedWidth = ({ column }: Wanted): number => (column.kind === "input" ? SPACE.input.width : SPACE.classes.width);

/** Fill in the widths that were shared out among the columns that have a wish. */
function filled(wanted: readonly Wanted[], shares: readonly number[]): number[] {
  let next = 0;
  return wanted.map((one) => (one.wish ? (shares[next++] ?? SPACE.width.least) : fixedWidth(one)));
}

/** How far gaps and columns give way before the picture has to be panned. */
const SQUEEZES: readonly { share: number; least: number }[] = [
  { share: 1, least: SPACE.width.least },
  { share: 0.86, least: SPACE.width.least },
  { share: SPACE.gap.tight, least: SPACE.width.tight },
];

/**
 * Columns and gaps side by side on the screen; where they cannot be read so, as wide as they like, to be panned.
 *
 * What there is beyond the least goes to the tiles until they are large, then to the gaps, then to both.
 */
function planOf(wanted: readonly Wanted[], width: number): Plan {
  const wishes = wanted.map((one) => one.wish).filter((wish) => wish !== null);
  const fixed = 2 * SPACE.margin.side + sum(wanted.filter((one) => !one.wish).map(fixedWidth));
  const { roomy, most } = SPACE.tile;
  for (const { share, least } of SQUEEZES) {
    const gaps = gapsOf(wanted, share);
    const room = width - fixed - sum(gaps);
    const shares = shareWidths(wishes, room, { least, most: roomy });
    if (!shares) continue;
    const wider = widened(gaps, room - sum(shares), gapsOf(wanted, SPACE.gap.roomy));
    const left = width - fixed - sum(wider);
    const widths = shareWidths(wishes, left, { least, most }) ?? shares;
    return { widths: filled(wanted, widths), gaps: widened(wider, left - sum(widths), null) };
  }
  const shares = wishes.map((wish) => Math.max(SPACE.width.roomy, wish(roomy)));
  return { widths: filled(wanted, shares), gaps: gapsOf(wanted, 1) };
}

/** Gaps that take what is left, up to their bounds; the one after the input, where nothing is drawn, does not grow. */
function widened(gaps: readonly number[], left: number, bounds: readonly number[] | null): number[] {
  const most = gaps.map((gap, index) => (gap === SPACE.gap.input ? gap : (bounds?.[index] ?? SPACE.gap.most)));
  const growth = gaps.map((gap, index) => Math.max(0, (most[index] ?? gap) - gap));
  const share = Math.min(1, Math.max(0, left) / Math.max(1, sum(growth)));
  return gaps.map((gap, index) => Math.floor(gap + share * (growth[index] ?? 0)));
}

function bodyOf({ column, clusters }: Wanted, width: number, input: StageInput, room: number): Body {
  if (column.kind === "input") return inputBody(input.examples, room);
  if (column.kind === "classes") return classesBody(column, room);
  return clusters ? clusterBody(clusters, width, room) : pendingBody(column, width, room);
}

/** Give every column and card its place. Pure: the same input gives the same picture. */
export function stageLayout(input: StageInput): Stage {
  const { top, bottom, side } = SPACE.margin;
  const room = Math.max(240, input.size.height - top - bottom);
  const wanted = input.columns.map((column) => wantedOf(input, column, room));
  const { widths, gaps } = planOf(wanted, input.size.width);
  const bodies = wanted.map((one, index) => bodyOf(one, widths[index] ?? 0, input, room));
  const tallest = Math.max(room, ...bodies.map(bodyHeight));
  let x: number = side;
  const columns = bodies.map((body, index): PlacedColumn => {
    const placed = placeColumn(input.columns[index] as Column, body, x, top, tallest);
    x += body.width + (gaps[index] ?? 0);
    return placed;
  });
  return { columns, spans: placeSpans(input.spans, columns), width: x + side, height: top + tallest + bottom, top };
}

function placeColumn(column: Column, body: Body, x: number, top: number, tallest: number): PlacedColumn {
  const height = bodyHeight(body);
  const first = top + Math.round((tallest - height) / 2);
  let y = first;
  const cards = body.cards.map((card): Card => {
    const placed = { ...card, y };
    y += card.height + body.gap;
    return placed;
  });
  return { column, x, y: first, width: body.width, height, cards, pending: body.pending };
}

function placeSpans(spans: readonly Span[], columns: readonly PlacedColumn[]): PlacedSpan[] {
  return spans.flatMap((span) => {
    const [first, last] = [columns[span.from], columns[span.to]];
    return first && last ? [{ span, x: first.x, width: last.x + last.width - first.x }] : [];
  });
}
