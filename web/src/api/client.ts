import { decodeHalf } from "./half.ts";
import type {
  CheckJob,
  ConnectionScene,
  LayerGraph,
  LayerScene,
  NeuronScene,
  PathScene,
  Problem,
  RunEntry,
  Scene,
  WorkerState,
} from "./types.ts";

/** What went wrong, as a sentence, and what to do about it. */
export class ServerProblem extends Error {
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.name = "ServerProblem";
    this.remedy = remedy;
  }
}

const GONE = new ServerProblem(
  "The cnnvis server does not answer.",
  "Start it again with `cnnvis open` in the terminal, then try again.",
);

function isProblem(value: unknown): value is Problem {
  return typeof value === "object" && value !== null && "error" in value && typeof value.error === "string";
}

async function problemOf(response: Response): Promise<ServerProblem> {
  const body: unknown = await response.json().catch(() => null);
  if (isProblem(body)) return new ServerProblem(body.error, body.remedy);
  if (response.status >= 502) return GONE;
  return new ServerProblem(`The server answered with status ${response.status}.`, "Reload the page.");
}

async function ask(address: string, signal: AbortSignal, options: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(address, { ...options, signal });
  } catch (error) {
    // An aborted request is not a problem: the caller drops it on purpose.
    if (signal.aborted) throw error;
    throw GONE;
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

/** The server's answers are typed by the schema they are generated from, so they are trusted here and nowhere else. */
async function read<T>(address: string, signal: AbortSignal, options: RequestInit = {}): Promise<T> {
  const response = await ask(address, signal, options);
  try {
    return (await response.json()) as T;
  } catch (error) {
    if (signal.aborted) throw error;
    throw new ServerProblem("The server's answer could not be read.", "Is another program using this port?");
  }
}

const query = (address: string, key: string, value: string): string => `${address}?${key}=${encodeURIComponent(value)}`;

export const listRuns = (signal: AbortSignal): Promise<RunEntry[]> => read<RunEntry[]>("api/runs", signal);

/** What connections are asked for by. */
export interface ConnectionsKey {
  /** Layer ids of the columns that are shown. */
  columns: readonly string[];
  mode: ConnectionScene["mode"] | null;
  share: number;
}

/** What a way backwards is asked for by: a class of the last column, or a cluster. */
export interface PathKey {
  columns: readonly string[];
  mode: ConnectionScene["mode"] | null;
  layer: string;
  cluster: string | null;
  label: number | null;
}

/** Everything the server knows about one run; all addresses are relative to the page. */
export class RunClient {
  readonly #base: string;

  constructor(run: string) {
    this.#base = `api/runs/${encodeURIComponent(run)}`;
  }

  scene(signal: AbortSignal): Promise<Scene> {
    return read<Scene>(`${this.#base}/scene`, signal);
  }

  layer(id: string, signal: AbortSignal): Promise<LayerScene> {
    return read<LayerScene>(query(`${this.#base}/layer`, "id", id), signal);
  }

  neuron(id: string, signal: AbortSignal): Promise<NeuronScene> {
    return read<NeuronScene>(query(`${this.#base}/neuron`, "id", id), signal);
  }

  graph(signal: AbortSignal): Promise<LayerGraph> {
    return read<LayerGraph>(`${this.#base}/graph`, signal);
  }

  /** An address that came inside an answer, relative to the run or to the page, as one the page can use. */
  resolve(address: string): string {
    return address.startsWith("api/") ? address : `${this.#base}/${address}`;
  }

  /** A layer's values, neurons × classes, from the address that the layer names. */
  async matrix(address: string, signal: AbortSignal): Promise<Float32Array> {
    const response = await ask(this.resolve(address), signal);
    return decodeHalf(await response.arrayBuffer());
  }

  /** The class order that suits one cluster best. */
  classOrder(of: { layer: string; cluster: string; facet: string }, signal: AbortSignal): Promise<number[]> {
    return read<number[]>(`${this.#base}/class-order?${new URLSearchParams(of)}`, signal);
  }

  /** Connections between columns; without a mode, in the better one. */
  connections(of: ConnectionsKey, signal: AbortSignal): Promise<ConnectionScene> {
    const asked = new URLSearchParams(of.columns.map((column) => ["column", column]));
    if (of.mode !== null) asked.set("mode", of.mode);
    asked.set("share", String(of.share));
    return read<ConnectionScene>(`${this.#base}/connections?${asked}`, signal);
  }

  /** The strongest way backwards from a class or a cluster. */
  path(of: PathKey, signal: AbortSignal): Promise<PathScene> {
    const asked = new URLSearchParams(of.columns.map((column) => ["column", column]));
    if (of.mode !== null) asked.set("mode", of.mode);
    if (of.label !== null) asked.set("class", String(of.label));
    else {
      asked.set("layer", of.layer);
      asked.set("cluster", of.cluster ?? "");
    }
    return read<PathScene>(`${this.#base}/path?${asked}`, signal);
  }

  /** What the process with the network is doing for this run. */
  worker(signal: AbortSignal): Promise<WorkerState> {
    return read<WorkerState>(`${this.#base}/worker`, signal);
  }

  /** Begin a check, or end what is being done. */
  order(order: CheckJob | "cancel", signal: AbortSignal): Promise<WorkerState> {
    const [command, body] = order === "cancel" ? ["cancel", null] : ["check", JSON.stringify(order)];
    return read<WorkerState>(`${this.#base}/worker/${command}`, signal, { method: "POST", body });
  }

  /** An image as it was stored, not decoded yet. */
  async image(address: string, signal: AbortSignal): Promise<Blob> {
    const response = await ask(this.resolve(address), signal);
    return response.blob();
  }

  async picture(address: string, signal: AbortSignal): Promise<ImageBitmap> {
    return createImageBitmap(await this.image(address, signal));
  }
}
