import { onDestroy } from "svelte";
import type { ClusterScene, LayerClusters, LayerScene } from "../../../api/types.ts";
import type { CardAct } from "../../../layout/commands.ts";
import { type Drop, dropAt, type Load, refusalOf } from "../../../layout/edits/drop.ts";
import { holdersOf, noteEdit, type Subject } from "../../../layout/edits/edited.ts";
import { cardMenu, type MenuItem, type Wish } from "../../../layout/edits/menu.ts";
import type { Stage } from "../../../layout/stage.ts";
import { dragNeurons } from "../../../marks/dragNeurons.ts";
import { readyOf } from "../../../state/async.ts";
import type { RunContext } from "../../../state/context.ts";
import { type Edit, type Edits, editedLayer } from "../../../state/editing.ts";
import { groupAnew, type ViewState } from "../../../state/viewState.ts";

interface Point {
  x: number;
  y: number;
}

/** Something on its way to another card. */
export interface Drag {
  load: Load;
  /** Where the pointer is, in pixels of the window. */
  at: Point;
  drop: Drop | null;
  /** Why it cannot be put down there; empty: it can. Null: there is nothing to be put down on. */
  refusal: string | null;
  /** The revision that was looked at when it was picked up. */
  since: number;
}

/** What is open at a card: its menu, or a field to write in. */
export interface Opened {
  layer: string;
  cluster: string;
  /** The neuron that was pointed at. */
  neuron: number | null;
  /** Pixels of the picture. */
  at: Point;
  /** Id of the item whose own menu is open at once. */
  inside: string | null;
  write: { what: "name" | "note"; about: Subject } | null;
  since: number;
}

/** A card, and the neuron in it that is pointed at. */
export interface Pointed {
  layer: string;
  cluster: string;
  neuron: number | null;
}

export interface EditSource {
  run: () => RunContext;
  user: () => ViewState;
  stage: () => Stage;
  root: () => HTMLElement;
  /** From pixels of the window to the world of the picture. */
  world: (at: Point) => Point;
  change: (part: Partial<ViewState>) => void;
}

/** What is being changed in the picture, and how its parts begin to change something. */
export interface EditBoard {
  readonly edits: Edits;
  /** Whether clusters can be changed. */
  readonly open: boolean;
  readonly drag: Drag | null;
  readonly opened: Opened | null;
  stateOf(layer: string): LayerClusters | null;
  sceneOf(layer: string): LayerScene | null;
  /** The items of the menu that is open. */
  readonly items: readonly MenuItem[];
  /** Let what is pointed at in an element be carried; `grab` says which neurons, null for none. */
  carry(element: HTMLElement, grab: (event: PointerEvent) => Load | null): () => void;
  openMenu(of: Pointed, at: Point): void;
  act(act: CardAct, of: Pointed, at: Point): void;
  wish(wish: Wish): void;
  save(text: string): Promise<void>;
  close(back: boolean): void;
}

/** Look after the changes that are begun in the picture. Call while it is set up; ends with it. */
export function editBoard(source: EditSource): EditBoard {
  let drag = $state.raw<Drag | null>(null);
  let opened = $state.raw<Opened | null>(null);
  const run = $derived(source.run());
  const edits = $derived(run.edits);
  const open = $derived(edits.closed === "" && edits.scene.status === "ready");
  const sceneOf = (layer: string): LayerScene | null => readyOf(run.layers.get(layer));
  const stateOf = (layer: string): LayerClusters | null => editedLayer(edits, layer);
  const clusterOf = (layer: string, id: string): ClusterScene | null =>
    sceneOf(layer)?.clusters.find((one) => one.id === id) ?? null;

  /** What was chosen before in a layer: the picked neurons, or the selected one. */
  function chosen({ layer, cluster, neuron }: Pointed): number[] {
    const { brush, selection } = source.user();
    const picked = brush.layer === layer ? brush.neurons : [];
    if (neuron !== null) return picked.includes(neuron) ? picked : [neuron];
    if (picked.length > 0) return picked;
    const selected = selection?.layer === layer ? selection.neuron : null;
    return selected !== null && clusterOf(layer, cluster)?.neurons.includes(selected) ? [selected] : [];
  }

  function itemsOf(of: Pointed): readonly MenuItem[] {
    const [scene, cluster] = [sceneOf(of.layer), clusterOf(of.layer, of.cluster)];
    return scene && cluster ? cardMenu({ scene, cluster, state: stateOf(of.layer), neurons: chosen(of) }) : [];
  }
  const items = $derived(opened && !opened.write ? itemsOf(opened) : []);

  function carried(load: Load, at: Point, since: number): Drag {
    const drop = dropAt(source.stage(), load.layer, source.world(at));
    const scene = sceneOf(load.layer);
    const holders = scene ? holdersOf(scene) : new Map<number, string>();
    return { load, at, since, drop, refusal: refusalOf(load, drop, { state: stateOf(load.layer), holders }) };
  }

  function carry(element: HTMLElement, grab: (event: PointerEvent) => Load | null): () => void {
    const stop = new AbortController();
    const onmove = (load: Load, at: Point): void => {
      opened = null;
      drag = carried(load, at, drag?.since ?? edits.revision);
    };
    const ondrop = (load: Load, at: Point): void => {
      const { drop, refusal, since } = carried(load, at, drag?.since ?? edits.revision);
      drag = null;
      if (drop && refusal === "") void make(droppedEdit(load, drop), since);
    };
    const oncancel = (): void => {
      drag = null;
    };
    // A finger moves the picture: neurons are moved by the menu then.
    const take = (event: PointerEvent): Load | null => (open && event.pointerType !== "touch" ? grab(event) : null);
    dragNeurons(element, { grab: take, onmove, ondrop, oncancel }, stop.signal);
    return () => stop.abort();
  }

  async function make(edit: Edit, since: number): Promise<boolean> {
    const made = await edits.make(edit, since);
    if (made) follow(edit);
    return made;
  }

  /** What was looked at stays selected where it is now, and what was made is selected. */
  function follow(edit: Edit): void {
    if (!("layer" in edit)) return;
    const { selection, brush } = source.user();
    const { layer } = edit;
    const now = stateOf(layer);
    if (edit.type === "create") {
      const made = now?.clusters.find((one) => one.neurons.includes(edit.neurons[0] ?? -1));
      if (made) source.change({ selection: { layer, cluster: made.id, neuron: null } });
    } else if (edit.type === "merge" && selection?.layer === layer && edit.clusters.includes(selection.cluster ?? "")) {
      source.change({ selection: { ...selection, cluster: edit.clusters[0] ?? null } });
    }
    const moved = edit.type === "move" || edit.type === "create" ? edit.neurons : [];
    // What was picked in order to be moved has been moved.
    if (brush.layer === layer && moved.length > 0 && brush.neurons.every((neuron) => moved.includes(neuron)))
      source.change({ brush: { ...brush, layer: null, neurons: [] } });
  }

  function show(of: Pointed, at: Point, inside: string | null, write: Opened["write"] = null): void {
    if (open && clusterOf(of.layer, of.cluster)) opened = { ...of, at, inside, write, since: edits.revision };
  }

  function act(what: CardAct, of: Pointed, at: Point): void {
    if (!open) return;
    const about: Subject = { layer: of.layer, cluster: of.cluster, neuron: null };
    if (what === "rename" || what === "note") show(of, at, null, { what: what === "rename" ? "name" : "note", about });
    else if (what === "menu") show(of, at, null);
    else if (what === "move") show(of, at, chosen(of).length > 0 ? "move" : "merge");
    else {
      opened = null;
      const item = itemsOf(of).find((one) => one.id === what);
      if (item?.wish && item.off === undefined) wish(item.wish);
    }
  }

  function wish(wanted: Wish): void {
    const since = opened?.since ?? edits.revision;
    if ("edit" in wanted) {
      close(true);
      void make(wanted.edit, since);
    } else if ("regroup" in wanted) {
      close(true);
      source.change(groupAnew(wanted.regroup));
    } else if (opened) {
      opened = { ...opened, inside: null, write: { what: wanted.write, about: wanted.about } };
    }
  }

  async function save(text: string): Promise<void> {
    const at = opened;
    if (!at?.write) return;
    const { what, about } = at.write;
    const edit: Edit =
      what === "name" ? { type: "rename", layer: at.layer, cluster: at.cluster, name: text } : noteEdit(about, text);
    // What was typed stays where it cannot be kept.
    if ((await make(edit, at.since)) && opened === at) close(true);
    else if (opened === at) opened = { ...at, since: edits.revision };
  }

  function close(back: boolean): void {
    const of = opened;
    opened = null;
    if (back && of) cardElement(source.root(), of)?.focus({ preventScroll: true });
  }

  onDestroy(() => {
    drag = opened = null;
  });

  return {
    get edits() {
      return edits;
    },
    get open() {
      return open;
    },
    get drag() {
      return drag;
    },
    get opened() {
      return opened;
    },
    get items() {
      return items;
    },
    stateOf,
    sceneOf,
    carry,
    openMenu: (of, at) => show(of, at, null),
    act,
    wish,
    save,
    close,
  };
}

function droppedEdit({ layer, cluster, neurons }: Load, drop: Drop): Edit {
  if (drop.kind === "new") return { type: "create", layer, neurons: [...neurons] };
  if (cluster !== null) return { type: "merge", layer, clusters: [drop.cluster, cluster] };
  return { type: "move", layer, neurons: [...neurons], to: drop.cluster };
}

/** The card of a cluster on the screen. */
export function cardElement(
  root: HTMLElement,
  { layer, cluster }: { layer: string; cluster: string },
): HTMLElement | null {
  return (
    [...root.querySelectorAll<HTMLElement>("[data-card]")].find(
      (one) => one.dataset.card === cluster && one.dataset.layer === layer,
    ) ?? null
  );
}
