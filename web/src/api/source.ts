import type { EditSource } from "./edits.ts";
import type { Moment } from "./moment.ts";
import type { TrainingSource } from "./training.ts";
import type {
  ColumnsOrder,
  ConnectionScene,
  ContrastScene,
  EditsScene,
  GivenImages,
  GivenScene,
  ImageSetScene,
  LayerGraph,
  LayerScene,
  MistakesScene,
  NeuronScene,
  PathOrder,
  PathScene,
  Scene,
  TablePage,
  WorkerState,
} from "./types.ts";

/** What connections are asked for by. */
export interface ConnectionsKey {
  /** Layer ids of the columns that are shown. */
  columns: readonly string[];
  mode: ConnectionScene["mode"] | null;
  share: number;
  /** Whether to draw all that the share asks for, however much it is. */
  all: boolean;
}

/** What the worker can be asked for about the shown columns. */
export type ColumnsCommand = "check" | "connect";

/** What a way backwards is asked for by: a class of the last column, or a cluster. */
export interface PathKey {
  columns: readonly string[];
  mode: ConnectionScene["mode"] | null;
  layer: string;
  cluster: string | null;
  label: number | null;
  /** Number of a way that was found on chosen images alone. */
  own: number | null;
}

/** What a comparison of two sets of images is asked for by. */
export interface PairKey {
  label: number;
  other: number;
  against: "right" | "other";
}

/** Which probe images are asked for: all of this must hold. */
export interface ImageSetKey {
  label: number | null;
  answered: number | null;
  /** Whether only those that were answered wrongly. */
  wrong: boolean;
  /** Id of a neuron: those that excite it most. */
  neuron: string | null;
  /** Ids of images chosen by hand; none: not chosen so. */
  samples: readonly number[];
  /** Id of a saved group. */
  group: string | null;
}

/** A set of images that a person gave, and the class that they are said to be of. */
export interface GivenKey {
  number: number;
  label: number | null;
}

export type TableName = TablePage["table"];
export type TableFormat = "csv" | "parquet";
/** Loads a whole table of the run as a file. */
export type TableLoader = (name: TableName, format: TableFormat, signal: AbortSignal) => Promise<Blob>;

/** Where everything about one run comes from: the server, a report's own file, or a notebook. */
export interface RunSource {
  scene(signal: AbortSignal): Promise<Scene>;
  layer(id: string, signal: AbortSignal): Promise<LayerScene>;
  neuron(id: string, signal: AbortSignal): Promise<NeuronScene>;
  graph(signal: AbortSignal): Promise<LayerGraph>;
  /** A layer's values, neurons × classes, from the address that the layer names. */
  matrix(address: string, signal: AbortSignal): Promise<Float32Array>;
  classOrder(of: { layer: string; cluster: string; facet: string }, signal: AbortSignal): Promise<number[]>;
  connections(of: ConnectionsKey, signal: AbortSignal): Promise<ConnectionScene>;
  path(of: PathKey, signal: AbortSignal): Promise<PathScene>;
  /** What a class is mistaken for. */
  mistakes(label: number, signal: AbortSignal): Promise<MistakesScene>;
  contrast(of: PairKey, signal: AbortSignal): Promise<ContrastScene>;
  /** Some probe images, and how the network answers to them. */
  imageSet(of: ImageSetKey, signal: AbortSignal): Promise<ImageSetScene>;
  /** Images that a person gave, and how the network answers to them. */
  given(of: GivenKey, signal: AbortSignal): Promise<GivenScene>;
  /** Show images to the network. */
  give(images: GivenImages, signal: AbortSignal): Promise<WorkerState>;
  worker(signal: AbortSignal): Promise<WorkerState>;
  /** Begin something for some columns, with the clusters as they are now. */
  begin(command: ColumnsCommand, order: ColumnsOrder, signal: AbortSignal): Promise<WorkerState>;
  /** Find the way back from a class on some images alone. */
  beginPath(order: PathOrder, signal: AbortSignal): Promise<WorkerState>;
  /** End what is being done. */
  cancel(signal: AbortSignal): Promise<WorkerState>;
  image(address: string, signal: AbortSignal): Promise<Blob>;
  picture(address: string, signal: AbortSignal): Promise<ImageBitmap>;
  /** Null: tables cannot be had here. */
  readonly table: TableLoader | null;
  /** An address that came inside an answer, as one that image elements can use; null: it has to be loaded. */
  resolve(address: string): string | null;
  /** The edits as they are: notes, names and image groups are looked at also where nothing can be changed. */
  edited(signal: AbortSignal): Promise<EditsScene>;
  /** Null: the clusters can be looked at, not changed. */
  readonly edits: EditSource | null;
  /** What everything is about; null: the newest snapshot, or the only one. */
  moment: Moment | null;
  /** Where the recorded training comes from, for a run that has one; null: there is none to look at here. */
  readonly training: TrainingSource | null;
}
