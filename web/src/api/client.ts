import { EditClient } from "./edits.ts";
import { decodeHalf } from "./half.ts";
import { type Line, SERVER } from "./line.ts";
import { addressAt, type Moment } from "./moment.ts";
import { posting } from "./request.ts";
import type {
  ColumnsCommand,
  ConnectionsKey,
  GivenKey,
  ImageSetKey,
  PairKey,
  PathKey,
  RunSource,
  TableFormat,
  TableLoader,
  TableName,
} from "./source.ts";
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
  RunEntry,
  Scene,
  WorkerState,
} from "./types.ts";

export const listRuns = (signal: AbortSignal, line: Line = SERVER): Promise<RunEntry[]> =>
  line.read<RunEntry[]>("api/runs", signal);

/** Everything the server, or a report, knows about one run; all addresses are relative to the page. */
export class RunClient implements RunSource {
  readonly edits: EditClient | null;
  readonly training: TrainingSource;
  readonly table: TableLoader | null;
  readonly #base: string;
  readonly #line: Line;
  moment: Moment | null = null;

  constructor(run: string, { editable = true, line = SERVER }: { editable?: boolean; line?: Line } = {}) {
    this.#base = `api/runs/${encodeURIComponent(run)}`;
    this.#line = line;
    this.edits = editable ? new EditClient(this.#base, { moment: () => this.moment, line }) : null;
    this.training = line.training(this.#base);
    this.table = line.tables ? (name, format, signal) => this.#table(name, format, signal) : null;
  }

  /** What an address says that depends on the snapshot. */
  #read<T>(what: string, signal: AbortSignal, asked: Record<string, string> | URLSearchParams = {}): Promise<T> {
    return this.#line.read<T>(addressAt(`${this.#base}/${what}`, this.moment, asked), signal);
  }

  scene(signal: AbortSignal): Promise<Scene> {
    return this.#read<Scene>("scene", signal);
  }

  edited(signal: AbortSignal): Promise<EditsScene> {
    return this.#read<EditsScene>("edits", signal);
  }

  layer(id: string, signal: AbortSignal): Promise<LayerScene> {
    return this.#read<LayerScene>("layer", signal, { id });
  }

  neuron(id: string, signal: AbortSignal): Promise<NeuronScene> {
    return this.#read<NeuronScene>("neuron", signal, { id });
  }

  graph(signal: AbortSignal): Promise<LayerGraph> {
    return this.#line.read<LayerGraph>(`${this.#base}/graph`, signal);
  }

  /** An address that came inside an answer, relative to the run or to the page, as an image element can use it; null: it has to be loaded. */
  resolve(address: string): string | null {
    return this.#line.url(this.#whole(address));
  }

  #whole(address: string): string {
    return address.startsWith("api/") ? address : `${this.#base}/${address}`;
  }

  /** A layer's values, neurons × classes, from the address that the layer names. */
  async matrix(address: string, signal: AbortSignal): Promise<Float32Array> {
    const values = await this.#line.blob(this.#whole(address), signal);
    return decodeHalf(await values.arrayBuffer());
  }

  /** The class order that suits one cluster best. */
  classOrder(of: { layer: string; cluster: string; facet: string }, signal: AbortSignal): Promise<number[]> {
    return this.#read<number[]>("class-order", signal, of);
  }

  /** Connections between columns; without a mode, in the better one. */
  connections(of: ConnectionsKey, signal: AbortSignal): Promise<ConnectionScene> {
    const asked = new URLSearchParams(of.columns.map((column) => ["column", column]));
    if (of.mode !== null) asked.set("mode", of.mode);
    asked.set("share", String(of.share));
    if (of.all) asked.set("all", "true");
    return this.#read<ConnectionScene>("connections", signal, asked);
  }

  /** The strongest way backwards from a class or a cluster. */
  path(of: PathKey, signal: AbortSignal): Promise<PathScene> {
    const asked = new URLSearchParams(of.columns.map((column) => ["column", column]));
    if (of.mode !== null) asked.set("mode", of.mode);
    if (of.own !== null) asked.set("own", String(of.own));
    if (of.label !== null) asked.set("class", String(of.label));
    else {
      asked.set("layer", of.layer);
      asked.set("cluster", of.cluster ?? "");
    }
    return this.#read<PathScene>("path", signal, asked);
  }

  mistakes(label: number, signal: AbortSignal): Promise<MistakesScene> {
    return this.#read<MistakesScene>("mistakes", signal, { label: String(label) });
  }

  /** The clusters that answer most differently to two sets of images. */
  contrast({ label, other, against }: PairKey, signal: AbortSignal): Promise<ContrastScene> {
    return this.#read<ContrastScene>("contrast", signal, { label: String(label), other: String(other), against });
  }

  /** Some probe images, and how the network answers to them. */
  imageSet(of: ImageSetKey, signal: AbortSignal): Promise<ImageSetScene> {
    const asked = new URLSearchParams(of.samples.map((sample) => ["sample", String(sample)]));
    if (of.label !== null) asked.set("class", String(of.label));
    if (of.answered !== null) asked.set("answered", String(of.answered));
    if (of.wrong) asked.set("wrong", "true");
    if (of.neuron !== null) asked.set("neuron", of.neuron);
    if (of.group !== null) asked.set("group", of.group);
    return this.#read<ImageSetScene>("image-set", signal, asked);
  }

  /** Images that a person gave, and how the network answers to them. */
  given({ number, label }: GivenKey, signal: AbortSignal): Promise<GivenScene> {
    const asked = new URLSearchParams({ number: String(number) });
    if (label !== null) asked.set("class", String(label));
    return this.#read<GivenScene>("given", signal, asked);
  }

  /** Show images to the network. */
  give(images: GivenImages, signal: AbortSignal): Promise<WorkerState> {
    return this.#line.read<WorkerState>(`${this.#base}/worker/answer`, signal, posting(images));
  }

  /** What the process with the network is doing for this run. */
  worker(signal: AbortSignal): Promise<WorkerState> {
    return this.#line.read<WorkerState>(`${this.#base}/worker`, signal);
  }

  /** Begin something for some columns, with the clusters as they are now. */
  begin(command: ColumnsCommand, order: ColumnsOrder, signal: AbortSignal): Promise<WorkerState> {
    return this.#line.read<WorkerState>(`${this.#base}/worker/${command}`, signal, posting(order));
  }

  /** Find the way back from a class on some images alone. */
  beginPath(order: PathOrder, signal: AbortSignal): Promise<WorkerState> {
    return this.#line.read<WorkerState>(`${this.#base}/worker/path`, signal, posting(order));
  }

  /** End what is being done. */
  cancel(signal: AbortSignal): Promise<WorkerState> {
    return this.#line.read<WorkerState>(`${this.#base}/worker/cancel`, signal, { method: "POST", body: null });
  }

  #table(name: TableName, format: TableFormat, signal: AbortSignal): Promise<Blob> {
    return this.#line.blob(addressAt(`${this.#base}/table/${name}`, this.moment, { format }), signal);
  }

  /** An image as it was stored, not decoded yet. */
  image(address: string, signal: AbortSignal): Promise<Blob> {
    return this.#line.blob(this.#whole(address), signal);
  }

  async picture(address: string, signal: AbortSignal): Promise<ImageBitmap> {
    return createImageBitmap(await this.image(address, signal));
  }
}
