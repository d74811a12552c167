/** What is selected: a layer, a cluster in it, a neuron in that. */
export interface Selection {
  layer: string;
  cluster: string | null;
  neuron: number | null;
}

/** Zoom factor and the world point in the middle of the stage. */
export interface Zoom {
  k: number;
  x: number;
  y: number;
}

/** Everything the user did that is worth a link; version 1 of the address. */
export interface ViewState {
  selection: Selection | null;
  /** Ids of opened groups and blocks. */
  open: string[];
  /** Group whose layer graph is shown; "" for the whole network. */
  graph: string | null;
  /** Null: as it fits. */
  zoom: Zoom | null;
}

export interface Address {
  run: string | null;
  view: ViewState;
}

export const START: ViewState = { selection: null, open: [], graph: null, zoom: null };

function zoomOf(text: string | null): Zoom | null {
  const [k, x, y] = (text ?? "").split(",").map(Number);
  if (k === undefined || x === undefined || y === undefined || !(k > 0) || Number.isNaN(x + y)) return null;
  return { k, x, y };
}

function decoded(text: string | undefined): string | null {
  try {
    return text === undefined ? null : decodeURIComponent(text);
  } catch {
    // A mangled link: the list of runs is a better answer than an empty page.
    return null;
  }
}

/** Read the part of an address after `#`; anything not understood is left out. */
export function parseAddress(hash: string): Address {
  const [path = "", search = ""] = hash.replace(/^#/, "").split("?", 2);
  const run = decoded(/^\/run\/([^/]+)$/.exec(path)?.[1]);
  const query = new URLSearchParams(search);
  const layer = query.get("layer");
  const neuron = /^\d+$/.test(query.get("neuron") ?? "") ? Number(query.get("neuron")) : null;
  return {
    run,
    view: {
      selection: layer === null ? null : { layer, cluster: query.get("cluster"), neuron },
      open: query.getAll("open"),
      graph: query.get("graph"),
      zoom: zoomOf(query.get("zoom")),
    },
  };
}

export function formatAddress({ run, view }: Address): string {
  if (run === null) return "#/";
  const query = new URLSearchParams();
  if (view.selection) {
    query.set("layer", view.selection.layer);
    if (view.selection.cluster !== null) query.set("cluster", view.selection.cluster);
    if (view.selection.neuron !== null) query.set("neuron", String(view.selection.neuron));
  }
  for (const id of view.open) query.append("open", id);
  if (view.graph !== null) query.set("graph", view.graph);
  if (view.zoom) query.set("zoom", `${view.zoom.k.toFixed(3)},${view.zoom.x.toFixed(0)},${view.zoom.y.toFixed(0)}`);
  const search = query.toString();
  return `#/run/${encodeURIComponent(run)}${search ? `?${search}` : ""}`;
}

/** Whether going from one to the other deserves an entry in the browser's history; zooming does not. */
export function isStep(from: ViewState, to: ViewState): boolean {
  const plain = (view: ViewState): string => JSON.stringify({ ...view, zoom: null });
  return plain(from) !== plain(to);
}
