import type { LayerGraph, LayerScene, NeuronScene, Problem, RunEntry, Scene } from "./types.ts";

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

async function ask(address: string, signal: AbortSignal): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(address, { signal });
  } catch (error) {
    // An aborted request is not a problem: the caller drops it on purpose.
    if (signal.aborted) throw error;
    throw GONE;
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

/** The server's answers are typed by the schema they are generated from, so they are trusted here and nowhere else. */
async function read<T>(address: string, signal: AbortSignal): Promise<T> {
  const response = await ask(address, signal);
  try {
    return (await response.json()) as T;
  } catch (error) {
    if (signal.aborted) throw error;
    throw new ServerProblem("The server's answer could not be read.", "Is another program using this port?");
  }
}

const query = (address: string, key: string, value: string): string => `${address}?${key}=${encodeURIComponent(value)}`;

export const listRuns = (signal: AbortSignal): Promise<RunEntry[]> => read<RunEntry[]>("api/runs", signal);

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

  async picture(address: string, signal: AbortSignal): Promise<ImageBitmap> {
    const response = await ask(this.resolve(address), signal);
    return createImageBitmap(await response.blob());
  }
}
