import type {
  ClusterScene,
  ConnectionScene,
  Diagnosis,
  LayerScene,
  NeuronScene,
  Scene,
  TrainingScene,
} from "../../api/types.ts";
import type { ViewState } from "../../state/viewState.ts";
import type { Item } from "../connections/items.ts";
import type { Names } from "../connections/names.ts";

/** Parts of the page, marked in it by `data-part`, that a stop points at. */
export type Part =
  | "columns"
  | "facets"
  | "images"
  | "details"
  | "comparison"
  | "curves"
  | "findings"
  | "steps"
  | "edits"
  | "tools";

/** What a stop points at. */
export type Anchor =
  | { part: Part }
  | { layer: string; cluster: string }
  /** The in-between node of a drawn connection. */
  | { item: string };

/** All stops that there can be, in their order. */
export const STOPS = [
  "columns",
  "cluster",
  "neuron",
  "matrix",
  "connection",
  "class",
  "curves",
  "findings",
  "steps",
  "edit",
  "find",
] as const;
export type StopId = (typeof STOPS)[number];

/** One stop: a view of the run, and what is said of a place in it. */
export interface Stop {
  id: StopId;
  title: string;
  text: string;
  view: Partial<ViewState>;
  /** The first is pointed at, all are outlined. */
  at: readonly Anchor[];
}

/** What the tour is made of; null where the run has none of it. */
export interface TourMaterial {
  scene: Scene;
  /** The layer that clusters are shown in, the cluster that is shown, and its neuron. */
  layer: LayerScene | null;
  cluster: ClusterScene | null;
  neuron: NeuronScene | null;
  connection: { scene: ConnectionScene; item: Item; names: Names } | null;
  training: { scene: TrainingScene; diagnosis: Diagnosis | null; snapshots: readonly number[] } | null;
  /** Whether clusters can be changed here. */
  edits: boolean;
}
