import type { ClusterScene, TileSize } from "../../api/types.ts";
import type { CardArea } from "../../layout/card.ts";
import { ninthAt } from "../../layout/closeUp.ts";
import { cellWords } from "../../layout/matrix/cells.ts";
import { type Cell, cellAt, sameCell } from "../../layout/matrix/frame.ts";
import type { Packing } from "../../layout/packing.ts";
import type { Bar } from "../../layout/profile.ts";
import type { Tiling } from "../../layout/tiling.ts";
import { nextTile, type Step, tileAt } from "../../layout/visible.ts";
import type { Board } from "./board.ts";
import type { CardMatrix } from "./cardMatrix.svelte.ts";
import { barAt, barTip, moreTip, patchTip, shareOf, tileTip, type Words } from "./cardTips.ts";
import type { CloseUps } from "./closeUps.svelte.ts";

export interface CursorSource {
  cluster: () => ClusterScene;
  area: () => CardArea;
  packing: () => Packing;
  sizes: () => readonly TileSize[];
  tiling: () => Tiling;
  matrix: () => CardMatrix | null;
  close: () => CloseUps;
  bars: () => readonly Bar[];
  /** The drawing, and the bars where the card has any. */
  drawing: () => HTMLElement;
  strip: () => HTMLElement | null;
}

/** What of a card is looked at, by the pointer or by the keyboard. */
export interface CardCursor {
  readonly neuron: number | null;
  readonly cell: Cell | null;
  readonly bar: number | null;
  /** Whether the arrows walk inside the card. */
  readonly inside: boolean;
  cellUnder(event: MouseEvent): Cell | null;
  neuronUnder(event: MouseEvent): number | null;
  hover(event: PointerEvent): void;
  leave(): void;
  /** Go in; out of it with `leave`. */
  enter(): void;
  step(step: Step): void;
}

export function cardCursor(at: Board, source: CursorSource): CardCursor {
  let neuron = $state<number | null>(null);
  let cell = $state.raw<Cell | null>(null);
  let bar = $state<number | null>(null);
  let inside = $state(false);

  function cellUnder(event: MouseEvent): Cell | null {
    const { u, v } = shareOf(event, source.drawing());
    const shown = source.matrix();
    if (!shown || u < 0 || v < 0 || u > 1 || v > 1) return null;
    return cellAt(shown.frame, u * source.area().width * at.zoom, v * source.area().height * at.zoom);
  }

  function tileUnder(event: MouseEvent) {
    const { u, v } = shareOf(event, source.drawing());
    const [x, y] = [u * source.area().width, v * source.area().height];
    return { tile: tileAt(source.tiling().tiles, x, y), x, y };
  }

  const cellTip = (on: Cell, shown: CardMatrix): Words =>
    cellWords(on, source.cluster().neurons, shown.columns.columns, {
      values: shown.image.values,
      ranges: shown.image.ranges,
      facts: shown.facts,
    });

  function neuronTip(on: number, place: number | null): Words {
    const patches = place === null ? null : source.close().patches(on);
    const patch = patches?.[place ?? 0];
    if (patch) return patchTip(on, { patch, rank: (place ?? 0) + 1 }, at.run.scene.classes);
    const size = source.sizes().find((one) => one.importance === at.user.importance) ?? null;
    return tileTip(source.cluster(), { packing: source.packing(), size }, on);
  }

  function tipUnder(event: PointerEvent): Words | null {
    const shown = source.matrix();
    if (shown && cell) return cellTip(cell, shown);
    const { tile, x, y } = tileUnder(event);
    if (neuron !== null && tile) {
      const close = source.close().level !== "one";
      return neuronTip(neuron, close ? ninthAt((x - tile.x) / tile.side, (y - tile.y) / tile.side) : null);
    }
    const { more } = source.tiling();
    if (!shown && more && tileAt([{ ...more, neuron: -1 }], x, y)) return moreTip(more.count);
    const strip = source.strip();
    const under = strip && barAt(source.bars(), shareOf(event, strip));
    bar = under?.index ?? null;
    return under ? barTip(source.cluster(), under, at.run.scene.classes) : null;
  }

  function hover(event: PointerEvent): void {
    const shown = source.matrix();
    const under = shown ? cellUnder(event) : null;
    if (!sameCell(under, cell)) cell = under;
    neuron = shown ? null : (tileUnder(event).tile?.neuron ?? null);
    bar = null;
    const tip = tipUnder(event);
    at.point(shown && cell ? (shown.columns.columns[cell.column]?.classes ?? null) : null);
    at.tip(tip && !at.edit.drag ? { x: event.clientX, y: event.clientY, ...tip } : null);
  }

  function leave(): void {
    neuron = cell = bar = null;
    inside = false;
    at.tip(null);
    at.point(null);
  }

  /** Beside what the arrows have reached, and spoken. */
  function show(words: Words, u: number, v: number): void {
    const box = source.drawing().getBoundingClientRect();
    at.tip({ x: box.left + u * box.width, y: box.top + v * box.height, ...words });
    at.say(`${words.title}: ${words.text}`);
  }

  function toCell(next: Cell, shown: CardMatrix): void {
    cell = next;
    at.point(shown.columns.columns[next.column]?.classes ?? null);
    const { frame } = shown;
    const [width, height] = [source.area().width * at.zoom, source.area().height * at.zoom];
    const u = (frame.left + (next.column + 1) * frame.cell.width) / width;
    show(cellTip(next, shown), u, (frame.top + (next.row + 1) * frame.cell.height) / height);
  }

  function toNeuron(next: number): void {
    const tile = source.tiling().tiles.find((one) => one.neuron === next);
    if (!tile) return;
    neuron = next;
    const { width, height } = source.area();
    show(neuronTip(next, null), (tile.x + tile.side) / width, (tile.y + tile.side) / height);
  }

  function enter(): void {
    inside = true;
    const shown = source.matrix();
    const first = source.tiling().tiles[0]?.neuron;
    if (shown) toCell({ row: 0, column: 0 }, shown);
    else if (first !== undefined) toNeuron(first);
  }

  function step(to: Step): void {
    const shown = source.matrix();
    if (shown) {
      const { row, column } = cell ?? { row: 0, column: 0 };
      const [down, right] = { left: [0, -1], right: [0, 1], up: [-1, 0], down: [1, 0] }[to] as [number, number];
      const within = (value: number, count: number): number => Math.max(0, Math.min(count - 1, value));
      toCell({ row: within(row + down, shown.frame.rows), column: within(column + right, shown.frame.columns) }, shown);
      return;
    }
    const { tiles } = source.tiling();
    const from = tiles.find((tile) => tile.neuron === neuron) ?? tiles[0];
    const next = from && nextTile(tiles, from, to);
    if (next) toNeuron(next.neuron);
  }

  return {
    get neuron() {
      return neuron;
    },
    get cell() {
      return cell;
    },
    get bar() {
      return bar;
    },
    get inside() {
      return inside;
    },
    cellUnder,
    neuronUnder: (event) => tileUnder(event).tile?.neuron ?? null,
    hover,
    leave,
    enter,
    step,
  };
}
