import { RunClient } from "../api/client.ts";
import type { LayerGraph, LayerScene, NeuronScene, Scene } from "../api/types.ts";
import type { Theme } from "../theme/theme.ts";
import { type Async, failed, PENDING, ready } from "./async.ts";
import type { RunContext } from "./context.ts";
import { LoadingShelf, type Shelf } from "./shelf.svelte.ts";

/** One opened run: its scene, and shelves that fill as the views ask. */
export class OpenRun {
  readonly id: string;
  scene = $state.raw<Async<Scene>>(PENDING);
  readonly #client: RunClient;
  readonly #abort = new AbortController();
  readonly #layers: Shelf<LayerScene>;
  readonly #atlases: Shelf<ImageBitmap>;
  readonly #neurons: Shelf<NeuronScene>;
  readonly #graphs: Shelf<LayerGraph>;

  constructor(id: string) {
    this.id = id;
    this.#client = new RunClient(id);
    const client = this.#client;
    const { signal } = this.#abort;
    this.#layers = new LoadingShelf(signal, { load: (layer, s) => client.layer(layer, s) });
    this.#atlases = new LoadingShelf(signal, {
      load: (address, s) => client.picture(address, s),
      // Decoded pictures are the page's largest values; columns far away give theirs up.
      keep: 24,
      dispose: (bitmap) => bitmap.close(),
    });
    this.#neurons = new LoadingShelf(signal, { load: (neuron, s) => client.neuron(neuron, s), keep: 200 });
    this.#graphs = new LoadingShelf(signal, { load: (_, s) => client.graph(s) });
    void this.load();
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
      neurons: this.#neurons,
      graphs: this.#graphs,
      image: (address) => this.#client.resolve(address),
    };
  }

  close(): void {
    this.#abort.abort();
  }
}
