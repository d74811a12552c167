import type { ClusterScene, LayerScene } from "../../api/types.ts";
import { brushToggled, brushWith, litIn } from "../../layout/brush.ts";
import type { Area } from "../../layout/card.ts";
import type { Load } from "../../layout/edits/drop.ts";
import { cellWords } from "../../layout/matrix/cells.ts";
import { toggledClasses } from "../../layout/matrix/columns.ts";
import { brushed, type Cell, cellAt, sameCell } from "../../layout/matrix/frame.ts";
import type { Packing } from "../../layout/packing.ts";
import type { Bar } from "../../layout/profile.ts";
import { tileAt } from "../../layout/visible.ts";
import { brushDrag } from "../../marks/brushDrag.ts";
import type { Board } from "./board.ts";
import type { CardMatrix } from "./cardMatrix.svelte.ts";
import { barAt, barTip, shareOf, tileTip } from "./cardTips.ts";

export interface PointerSource {
  scene: () => LayerScene;
  cluster: () => ClusterScene;
  /** Null while the card shows patches. */
  matrix: () => CardMatrix | null;
  area: () => Area;
  packing: () => Packing;
  /** World units per cell of the packing. */
  cell: () => number;
  bars: () => readonly Bar[];
  /** The element of the drawing, and that of the bars where there are any. */
  tiles: () => HTMLElement;
  strip: () => HTMLElement | null;
}

export interface CardPointer {
  /** Tile, cell and bar under the pointer. */
  readonly neuron: number | null;
  readonly cursor: Cell | null;
  readonly bar: number | null;
  hover(event: PointerEvent): void;
  leave(): void;
  click(event: MouseEvent): void;
  menu(event: MouseEvent): void;
  /** Listen to drags on the drawing: over cells they pick, from neurons they carry. */
  listen(element: HTMLElement): () => void;
  /** Listen to drags by the card's head: they carry the whole cluster. */
  grip(element: HTMLElement): () => void;
}

/** What the pointer does on a card. Call while the card is set up. */
export function cardPointer(at: Board, source: PointerSource): CardPointer {
  let neuron = $state<number | null>(null);
  let cursor = $state.raw<Cell | null>(null);
  let bar = $state<number | null>(null);
  const layer = $derived(source.scene().layer);
  const cluster = $derived(source.cluster());

  function cellUnder(event: MouseEvent): Cell | null {
    const { u, v } = shareOf(event, source.tiles());
    const shown = source.matrix();
    if (!shown || u < 0 || v < 0 || u > 1 || v > 1) return null;
    const { width, height } = source.area();
    return cellAt(shown.frame, u * width * at.zoom, v * height * at.zoom);
  }

  function neuronAt(event: MouseEvent): number | null {
    const { u, v } = shareOf(event, source.tiles());
    const { width, height } = source.area();
    return tileAt(source.packing().tiles, (u * width) / source.cell(), (v * height) / source.cell())?.neuron ?? null;
  }

  /** The neuron under the pointer: a tile, or a row. */
  const pointed = (event: MouseEvent): number | null =>
    source.matrix() ? (cluster.neurons[cellUnder(event)?.row ?? -1] ?? null) : neuronAt(event);

  function hover(event: PointerEvent): void {
    const shown = source.matrix();
    const cell = shown ? cellUnder(event) : null;
    if (!sameCell(cell, cursor)) cursor = cell;
    neuron = shown ? null : neuronAt(event);
    const strip = source.strip();
    const under = cursor || neuron !== null || !strip ? null : barAt(source.bars(), shareOf(event, strip));
    bar = under?.index ?? null;
    const place = { x: event.clientX, y: event.clientY };
    if (at.edit.drag) at.tip(null);
    else if (shown && cursor)
      at.tip({
        ...place,
        ...cellWords(cursor, cluster.neurons, shown.columns.columns, shown.image.values, shown.facts),
      });
    else if (neuron !== null) at.tip({ ...place, ...tileTip(cluster, neuron) });
    else at.tip(under ? { ...place, ...barTip(cluster, under, at.run.scene.classes) } : null);
  }

  function leave(): void {
    neuron = bar = cursor = null;
    at.tip(null);
  }

  function click(event: MouseEvent): void {
    // By keyboard a click has no place: it means the cluster.
    const cell = event.detail === 0 ? null : cellUnder(event);
    const column = cell && cell.row < 0 ? source.matrix()?.columns.columns[cell.column] : undefined;
    if (column) {
      if (column.opens) at.change({ classes: toggledClasses(at.run.scene, at.user.classes, column.key) });
      else
        at.change({ brush: brushWith(at.user.brush, { layer, neurons: [], classes: column.classes }, event.ctrlKey) });
      return;
    }
    const one = event.detail === 0 ? null : pointed(event);
    if (one !== null && event.shiftKey) at.change({ brush: brushToggled(at.user.brush, layer, one) });
    else at.select({ layer, cluster: cluster.id, neuron: one });
  }

  function brush(from: Cell, to: Cell, add: boolean): void {
    const { rows, columns } = brushed(from, to);
    const shown = source.matrix()?.columns.columns ?? [];
    const neurons = rows ? cluster.neurons.slice(...rows) : [];
    const classes = columns ? shown.slice(...columns).flatMap((column) => [...column.classes]) : [];
    at.change({ brush: brushWith(at.user.brush, { layer, neurons, classes }, add) });
  }

  /** What a press picks up: a neuron, or all picked ones with it. Of a matrix picked rows alone: others are brushed. */
  function grab(event: PointerEvent): Load | null {
    const one = pointed(event);
    const picked = litIn(at.user.brush, layer);
    if (one === null || (source.matrix() && !picked.includes(one))) return null;
    return { layer, cluster: null, neurons: picked.includes(one) ? picked : [one] };
  }

  function listen(element: HTMLElement): () => void {
    const stop = new AbortController();
    // A plain drag moves the picture; with Shift, or on the words, it picks.
    const begins = (event: PointerEvent, cell: Cell): boolean => event.shiftKey || cell.row < 0 || cell.column < 0;
    brushDrag(element, { at: cellUnder, begins, onbrush: brush }, stop.signal);
    const end = at.edit.carry(element, grab);
    return () => {
      stop.abort();
      end();
    };
  }

  function menu(event: MouseEvent): void {
    if (!at.edit.open) return;
    event.preventDefault();
    // The key for menus has no place: the menu then stands at the card.
    const place = event.button === 2 ? event : (event.currentTarget as HTMLElement);
    at.edit.openMenu(
      { layer, cluster: cluster.id, neuron: event.button === 2 ? pointed(event) : null },
      at.inside(place),
    );
  }

  return {
    get neuron() {
      return neuron;
    },
    get cursor() {
      return cursor;
    },
    get bar() {
      return bar;
    },
    hover,
    leave,
    click,
    menu,
    listen,
    grip: (element) => at.edit.carry(element, () => ({ layer, cluster: cluster.id, neurons: cluster.neurons })),
  };
}
