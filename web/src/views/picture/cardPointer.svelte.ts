import type { ClusterScene, LayerScene } from "../../api/types.ts";
import { brushToggled, brushWith, litIn } from "../../layout/brush.ts";
import type { Load } from "../../layout/edits/drop.ts";
import { toggledClasses } from "../../layout/matrix/columns.ts";
import { brushed, type Cell } from "../../layout/matrix/frame.ts";
import { brushDrag } from "../../marks/brushDrag.ts";
import type { Board } from "./board.ts";
import type { CardCursor } from "./cardCursor.svelte.ts";
import type { CardMatrix } from "./cardMatrix.svelte.ts";

export interface PointerSource {
  scene: () => LayerScene;
  cluster: () => ClusterScene;
  /** Null while the card shows patches. */
  matrix: () => CardMatrix | null;
  cursor: CardCursor;
}

/** What presses, drags and the menu do on a card. */
export interface CardPointer {
  click(event: MouseEvent): void;
  menu(event: MouseEvent): void;
  /** Listen to drags on the drawing: over cells they pick, from neurons they carry. */
  listen(element: HTMLElement): () => void;
  /** Listen to drags by the card's head: they carry the whole cluster. */
  grip(element: HTMLElement): () => void;
}

/** Call while the card is set up. */
export function cardPointer(at: Board, source: PointerSource): CardPointer {
  const { cursor } = source;
  const layer = $derived(source.scene().layer);
  const cluster = $derived(source.cluster());
  const rowOf = (cell: Cell | null): number | null => cluster.neurons[cell?.row ?? -1] ?? null;

  /** The neuron under the pointer: a tile, or a row. */
  const pointed = (event: MouseEvent): number | null =>
    source.matrix() ? rowOf(cursor.cellUnder(event)) : cursor.neuronUnder(event);

  /** By keyboard a click has no place: it means the cluster, and inside it the neuron that was reached. */
  function press(): void {
    const reached = cursor.inside ? (cursor.neuron ?? rowOf(cursor.cell)) : null;
    if (!cursor.inside) cursor.enter();
    at.select({ layer, cluster: cluster.id, neuron: reached });
  }

  function click(event: MouseEvent): void {
    if (event.detail === 0) {
      press();
      return;
    }
    const cell = cursor.cellUnder(event);
    const column = cell && cell.row < 0 ? source.matrix()?.columns.columns[cell.column] : undefined;
    if (column) {
      const { brush, classes } = at.user;
      if (column.opens) at.change({ classes: toggledClasses(at.run.scene, classes, column.key) });
      else at.change({ brush: brushWith(brush, { layer, neurons: [], classes: column.classes }, event.ctrlKey) });
      return;
    }
    const one = pointed(event);
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
    brushDrag(element, { at: cursor.cellUnder, begins, onbrush: brush }, stop.signal);
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
    click,
    menu,
    listen,
    grip: (element) => at.edit.carry(element, () => ({ layer, cluster: cluster.id, neurons: cluster.neurons })),
  };
}
