import { type Grouping, readGrouping, writeGrouping } from "./grouping.ts";
import { type ImageChoice, readImages, writeImages } from "./imageChoice.ts";
import { type LargeMatrix, matrixStep, readMatrix, writeMatrix } from "./largeMatrix.ts";
import { type Links, linkStep, lookedAway, readLinks, START_LINKS, writeLinks } from "./links.ts";
import { rangesOf, readRanges } from "./ranges.ts";
import { readTraining, START_TRAINING, type TrainingView, trainingStep, writeTraining } from "./trainingView.ts";

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

/** How clusters are drawn: packed patches, or the matrix of their neurons and the classes. */
export type Facet = "features" | "activations" | "contributions";

/** What the size of a tile stands for. */
export type Importance = "activation" | "contribution" | "uniform";

/** What the ends of a matrix's colours stand for: each neuron's own range, or one for the whole layer. */
export type Normalisation = "row" | "layer";

/** Neurons of one layer and classes that were picked together. */
export interface Brush {
  layer: string | null;
  neurons: number[];
  classes: number[];
}

/** Two sets of images that are compared: of a class answered with another one against those answered right, or of both. */
export interface Pair {
  label: number;
  other: number;
  against: "right" | "other";
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
  facet: Facet;
  /** Facets of clusters that differ from the rest, by `clusterKey`; older links name the cluster alone. */
  facets: Record<string, Facet>;
  importance: Importance;
  normalisation: Normalisation;
  /** Whether activation maps lie over whole images close up. */
  maps: boolean;
  /** Keys of opened class groups; "all" opens every one. */
  classes: string[];
  /** Clusters whose matrix has its own class order, by `clusterKey`; older links name the cluster alone. */
  ordered: string[];
  brush: Brush;
  matrix: LargeMatrix | null;
  /** Images that are compared, in the details. */
  pair: Pair | null;
  /** Images that are looked at together, in the details. */
  images: ImageChoice | null;
  links: Links;
  training: TrainingView;
  /** The grouping that is compared with the clusters as they are. */
  regroup: Grouping | null;
  /** Whether the list of edits is open. */
  history: boolean;
  /** Stop of the tour that is shown, by its id; null: no tour. */
  tour: string | null;
}

/** A cluster among those of all layers: its id alone is given in every layer. */
export const clusterKey = (layer: string, cluster: string): string => `${layer}:${cluster}`;

export interface Address {
  run: string | null;
  view: ViewState;
}

export const NO_BRUSH: Brush = { layer: null, neurons: [], classes: [] };

export const START: ViewState = {
  selection: null,
  open: [],
  graph: null,
  zoom: null,
  facet: "features",
  facets: {},
  importance: "activation",
  normalisation: "row",
  maps: true,
  classes: [],
  ordered: [],
  brush: NO_BRUSH,
  matrix: null,
  pair: null,
  images: null,
  links: START_LINKS,
  regroup: null,
  history: false,
  tour: null,
  training: START_TRAINING,
};

/** What opening one drawer closes: there is room for one. */
export const NO_DRAWER = { graph: null, regroup: null, history: false } as const;

/** Compare a layer's clusters with another grouping; first with the usual one. */
export const groupAnew = (layer: string): Partial<ViewState> => ({
  ...NO_DRAWER,
  regroup: { layer, method: "ward", k: null },
});

const FACETS: readonly Facet[] = ["features", "activations", "contributions"];
const IMPORTANCES: readonly Importance[] = ["activation", "contribution", "uniform"];
const NORMALISATIONS: readonly Normalisation[] = ["row", "layer"];

function oneOf<T extends string>(known: readonly T[], text: string | null): T | null {
  return known.find((one) => one === text) ?? null;
}

function zoomOf(text: string | null): Zoom | null {
  const [k, x, y] = (text ?? "").split(",").map(Number);
  if (k === undefined || x === undefined || y === undefined || !(k > 0) || Number.isNaN(x + y)) return null;
  return { k, x, y };
}

/** Turn to some images: what else was looked at would stand in the way. */
export const lookAtImages = (user: ViewState, images: ImageChoice): Partial<ViewState> => ({
  images,
  pair: null,
  selection: null,
  brush: NO_BRUSH,
  links: lookedAway(user.links),
});

/** Precise enough that a link shows the same picture at every zoom. */
const zoomText = ({ k, x, y }: Zoom): string => [k.toFixed(4), x.toFixed(2), y.toFixed(2)].map(Number).join(",");

function decoded(text: string | undefined): string | null {
  try {
    return text === undefined ? null : decodeURIComponent(text);
  } catch {
    // A mangled link: the list of runs is a better answer than an empty page.
    return null;
  }
}

function facetsOf(entries: readonly string[]): Record<string, Facet> {
  const out: Record<string, Facet> = {};
  for (const entry of entries) {
    const at = entry.lastIndexOf("~");
    const facet = oneOf(FACETS, entry.slice(at + 1));
    if (at > 0 && facet) out[entry.slice(0, at)] = facet;
  }
  return out;
}

function brushOf(query: URLSearchParams): Brush {
  const layer = query.get("lit-in");
  const neurons = layer === null ? [] : readRanges(query.get("lit"));
  return { layer: neurons.length > 0 ? layer : null, neurons, classes: readRanges(query.get("marked")) };
}

function pairOf(text: string | null): Pair | null {
  const [, label, against, other] = /^(\d{1,6})-(right|other)-(\d{1,6})$/.exec(text ?? "") ?? [];
  if (label === undefined || other === undefined || label === other) return null;
  return { label: Number(label), other: Number(other), against: against === "right" ? "right" : "other" };
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
      facet: oneOf(FACETS, query.get("facet")) ?? START.facet,
      facets: facetsOf(query.getAll("differs")),
      importance: oneOf(IMPORTANCES, query.get("size")) ?? START.importance,
      normalisation: oneOf(NORMALISATIONS, query.get("range")) ?? START.normalisation,
      maps: query.get("maps") !== "off",
      classes: query.getAll("classes"),
      ordered: query.getAll("ordered"),
      brush: brushOf(query),
      matrix: readMatrix(query),
      pair: pairOf(query.get("pair")),
      images: readImages(query),
      links: readLinks(query),
      regroup: readGrouping(query),
      history: query.has("history"),
      tour: query.get("tour"),
      training: readTraining(query),
    },
  };
}

function writeFacets(query: URLSearchParams, view: ViewState): void {
  if (view.facet !== START.facet) query.set("facet", view.facet);
  for (const [id, facet] of Object.entries(view.facets)) query.append("differs", `${id}~${facet}`);
  if (view.importance !== START.importance) query.set("size", view.importance);
  if (view.normalisation !== START.normalisation) query.set("range", view.normalisation);
  if (!view.maps) query.set("maps", "off");
  for (const key of view.classes) query.append("classes", key);
  for (const id of view.ordered) query.append("ordered", id);
  if (view.brush.layer !== null && view.brush.neurons.length > 0) {
    query.set("lit-in", view.brush.layer);
    query.set("lit", rangesOf(view.brush.neurons));
  }
  if (view.brush.classes.length > 0) query.set("marked", rangesOf(view.brush.classes));
  writeMatrix(query, view.matrix);
  if (view.pair) query.set("pair", `${view.pair.label}-${view.pair.against}-${view.pair.other}`);
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
  if (view.zoom) query.set("zoom", zoomText(view.zoom));
  writeFacets(query, view);
  writeImages(query, view.images);
  writeLinks(query, view.links);
  writeGrouping(query, view.regroup);
  if (view.history) query.set("history", "");
  writeTraining(query, view.training);
  if (view.tour !== null) query.set("tour", view.tour);
  const search = query.toString();
  return `#/run/${encodeURIComponent(run)}${search ? `?${search}` : ""}`;
}

/** Whether two differ at most in where the picture is looked at: parts that nothing changed are the same objects. */
export function sameButZoom(one: ViewState, other: ViewState): boolean {
  return (Object.keys(one) as (keyof ViewState)[]).every((key) => key === "zoom" || one[key] === other[key]);
}

/** Whether going from one to the other deserves an entry in the browser's history; trying and zooming do not. */
export function isStep(from: ViewState, to: ViewState): boolean {
  const plain = (view: ViewState): string =>
    JSON.stringify({
      ...view,
      zoom: null,
      brush: null,
      matrix: matrixStep(view.matrix),
      links: linkStep(view.links),
      regroup: view.regroup?.layer ?? null,
      training: trainingStep(view.training),
    });
  return plain(from) !== plain(to);
}
