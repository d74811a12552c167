import type { ConnectionsKey, PathKey, RunSource } from "../api/source.ts";
import type { ConnectionScene, LayerGraph, LayerScene, NeuronScene, PathScene, Scene } from "../api/types.ts";
import type { Theme } from "../theme/theme.ts";
import { type Async, failed, PENDING, ready } from "./async.ts";
import type { OrderKey, RunContext } from "./context.ts";
import type { Edits } from "./editing.ts";
import { closedEdits, RunEdits } from "./edits.svelte.ts";
import { decodePiece, readPictureKey } from "./pictures.ts";
import { LoadingShelf, type Shelf } from "./shelf.svelte.ts";
import { WorkerChecks } from "./worker.svelte.ts";

const NOT_HERE = "Clusters can be looked at here, not changed: open the run yourself with `cnnvis open` for that.";

/** Resolves when the page is seen: browsers keep few connections, which pages in the background must not take. */
function seen(): Promise<void> {
  if (document.visibilityState === "visible") return Promise.resolve();
  return new Promise((done) => document.addEventListener("visibilitychange", () => done(), { once: true }));
}

/** One opened run: its scene, and shelves that fill as the views ask. */
export class OpenRun {
  readonly id: string;
  scene = $state.raw<Async<Scene>>(PENDING);
  readonly #client: RunSource;
  readonly #abort = new AbortController();
  readonly #layers: Shelf<LayerScene>;
  readonly #atlases: Shelf<ImageBitmap>;
  readonly #pictures: Shelf<ImageBitmap>;
  readonly #matrices: Shelf<Float32Array>;
  readonly #orders: Shelf<number[]>;
  readonly #neurons: Shelf<NeuronScene>;
  readonly #graphs: Shelf<LayerGraph>;
  readonly #connections: Shelf<ConnectionScene>;
  readonly #paths: Shelf<PathScene>;
  readonly #checks: WorkerChecks;
  readonly #edits: Edits;

  constructor(id: string, client: RunSource) {
    this.id = id;
    this.#client = client;
    const { signal } = this.#abort;
    this.#layers = new LoadingShelf(signal, { load: (layer, s) => client.layer(layer, s) });
    this.#atlases = new LoadingShelf(signal, {
      load: (address, s) => client.picture(address, s),
      // Decoded pictures are the page's largest values; columns far away give theirs up.
      keep: 24,
      dispose: (bitmap) => bitmap.close(),
    });
    this.#pictures = new LoadingShelf(signal, {
      load: async (key, s) => {
        const piece = readPictureKey(key);
        return decodePiece(await client.image(piece.address, s), piece);
      },
      keep: 240,
      dispose: (bitmap) => bitmap.close(),
    });
    this.#matrices = new LoadingShelf(signal, { load: (address, s) => client.matrix(address, s), keep: 12 });
    this.#orders = new LoadingShelf(signal, {
      load: (key, s) => {
        const [layer, cluster, facet] = JSON.parse(key) as [string, string, OrderKey["facet"]];
        return client.classOrder({ layer, cluster, facet }, s);
      },
    });
    this.#neurons = new LoadingShelf(signal, { load: (neuron, s) => client.neuron(neuron, s), keep: 200 });
    this.#graphs = new LoadingShelf(signal, { load: (_, s) => client.graph(s) });
    this.#connections = new LoadingShelf(signal, {
      load: (key, s) => client.connections(JSON.parse(key) as ConnectionsKey, s),
      keep: 30,
    });
    this.#paths = new LoadingShelf(signal, { load: (key, s) => client.path(JSON.parse(key) as PathKey, s), keep: 60 });
    this.#checks = new WorkerChecks(client, signal, { onfound: () => this.#connectAgain(() => true) });
    const onchange = (layers: readonly string[]): void => this.#renew(layers);
    this.#edits = client.edits ? new RunEdits(client.edits, signal, { onchange, seen }) : closedEdits(NOT_HERE);
    void this.load();
  }

  /** Load again what the clusters of some layers go into. */
  #renew(layers: readonly string[]): void {
    const within = (key: string): boolean => layers.includes((JSON.parse(key) as [string])[0]);
    this.#layers.renew((layer) => layers.includes(layer));
    this.#orders.renew(within);
    this.#neurons.renew((id) => layers.includes(id.slice(0, id.lastIndexOf(":"))));
    const crosses = (key: string): boolean =>
      (JSON.parse(key) as ConnectionsKey).columns.some((column) => layers.includes(column));
    this.#connectAgain(crosses);
  }

  #connectAgain(which: (key: string) => boolean): void {
    this.#connections.renew(which);
    this.#paths.renew(which);
  }

  async load(): Promise<void> {
    this.scene = PENDING;
    try {
      const scene = await this.#client.scene(this.#abort.signal);
      if (!this.#abort.signal.aborted) this.scene = ready(scene);
    } catch (error) {
      if (!this.#abort.signal.aborted) this.scene = failed(error);
    }
  }

  context(scene: Scene, theme: Theme): RunContext {
    return {
      scene,
      theme,
      layers: this.#layers,
      atlases: this.#atlases,
      pictures: this.#pictures,
      matrices: this.#matrices,
      orders: this.#orders,
      neurons: this.#neurons,
      graphs: this.#graphs,
      connections: this.#connections,
      paths: this.#paths,
      checks: this.#checks,
      edits: this.#edits,
      image: (address) => this.#client.resolve(address),
    };
  }

  close(): void {
    this.#abort.abort();
  }
}
