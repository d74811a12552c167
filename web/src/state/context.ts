import type { ConnectionsKey, GivenKey, ImageSetKey, PairKey, PathKey, TableLoader } from "../api/source.ts";
import type {
  ConnectionScene,
  ContrastScene,
  ImageSetScene,
  LayerGraph,
  LayerScene,
  MistakesScene,
  NeuronScene,
  PathScene,
  Scene,
} from "../api/types.ts";
import type { Theme } from "../theme/theme.ts";
import type { Edits } from "./editing.ts";
import type { Given } from "./givenImages.svelte.ts";
import type { Saving } from "./saving.svelte.ts";
import type { Shelf } from "./shelf.svelte.ts";
import type { Training } from "./training.ts";
import type { ViewState } from "./viewState.ts";
import type { Checks } from "./worker.svelte.ts";

/** What every view of a run may know: data to read, never how it travels. */
export interface RunContext {
  readonly scene: Scene;
  readonly theme: Theme;
  /** Clusters by layer id. */
  readonly layers: Shelf<LayerScene>;
  /** Decoded sprite atlases by the address that the layer names. */
  readonly atlases: Shelf<ImageBitmap>;
  /** Decoded pieces of images, by `pictureKey`. */
  readonly pictures: Shelf<ImageBitmap>;
  /** A layer's values by the address that its matrix names: neurons of the layer × classes, NaN without an image. */
  readonly matrices: Shelf<Float32Array>;
  /** Class orders of single clusters, by `orderKey`. */
  readonly orders: Shelf<number[]>;
  /** Neurons by neuron id (`layer:13`). */
  readonly neurons: Shelf<NeuronScene>;
  /** The layer graph, under the key "graph". */
  readonly graphs: Shelf<LayerGraph>;
  /** Connections between columns, by `connectionsKey`. */
  readonly connections: Shelf<ConnectionScene>;
  /** Ways backwards, by `pathKey`. */
  readonly paths: Shelf<PathScene>;
  /** What classes are mistaken for, by the class's index. */
  readonly mistakes: Shelf<MistakesScene>;
  /** Comparisons of two sets of images, by `pairKey`. */
  readonly contrasts: Shelf<ContrastScene>;
  /** Sets of probe images, by `imageSetKey`. */
  readonly imageSets: Shelf<ImageSetScene>;
  /** Images that a person gives to the network. */
  readonly given: Given;
  /** Checks against the real network. */
  readonly checks: Checks;
  /** What the user changes of the clusters; says where nothing can be changed. */
  readonly edits: Edits;
  /** The recorded training; null for a network that was analysed when it was finished. */
  readonly training: Training | null;
  /** What of the stage can be saved as a picture. */
  readonly saving: Saving;
  /** Loads a table of the run; null where none can be had. */
  readonly table: TableLoader | null;
  /** What an image element shows of an image named in an answer; it may come later, where that is read reactively. */
  image(address: string): string;
}

/** What a cluster's own class order is asked for by. */
export interface OrderKey {
  layer: string;
  cluster: string;
  facet: "activations" | "contributions";
}

export const orderKey = (key: OrderKey): string => JSON.stringify([key.layer, key.cluster, key.facet]);

export const connectionsKey = ({ columns, mode, share, all }: ConnectionsKey): string =>
  JSON.stringify({ columns, mode, share, all });

export const pathKey = ({ columns, mode, layer, cluster, label, own }: PathKey): string =>
  JSON.stringify({ columns, mode, layer, cluster, label, own });

export const pairKey = ({ label, other, against }: PairKey): string => JSON.stringify({ label, other, against });

export const imageSetKey = ({ label, answered, wrong, neuron, samples, group }: ImageSetKey): string =>
  JSON.stringify({ label, answered, wrong, neuron, samples, group });

export const givenKey = ({ number, label }: GivenKey): string => JSON.stringify({ number, label });

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The contract of every view: a function of context, spec, state and size that reports what the user did. */
export interface ViewProps<Spec = Record<string, never>> {
  context: RunContext;
  /** What this view is (JSON). */
  spec: Spec;
  /** What the user did (JSON). */
  state: ViewState;
  size: Size;
  onState: (change: Partial<ViewState>) => void;
}
