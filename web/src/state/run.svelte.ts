import type { ConnectionsKey, ImageSetKey, PairKey, PathKey, RunSource } from "../api/source.ts";
import type { TrainingSource } from "../api/training.ts";
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
import { type Async, failed, PENDING, ready } from "./async.ts";
import type { OrderKey, RunContext } from "./context.ts";
import { comesAfter } from "./earlier.ts";
import type { Edits } from "./editing.ts";
import { closedEdits, RunEdits } from "./edits.svelte.ts";
import { FollowedTraining } from "./followedTraining.svelte.ts";
import { GivenImages } from "./givenImages.svelte.ts";
import { LoadedImages } from "./images.svelte.ts";
import { decodePiece, readPictureKey } from "./pictures.ts";
import { Saving } from "./saving.svelte.ts";
import { seen } from "./seen.ts";
import { LoadingShelf, type Shelf } from "./shelf.svelte.ts";
import { snapshotOf, type Training } from "./training.ts";
import { WorkerChecks } from "./worker.svelte.ts";

const NOT_HERE = "Clusters can be looked at here, not changed: open the run yourself with `cnnvis open` for that.";

/** One opened run: its scene, and shelves that fill as the views ask. */
export class OpenRun {
  readonly id: string;
  scene = $state.raw<Async<Scene>>(PENDING);
  readonly #client: RunSource;
  readonly #abort = new AbortController();
  readonly #layers: LoadingShelf<LayerScene>;
  readonly #atlases: LoadingShelf<ImageBitmap>;
  readonly #pictures: Shelf<ImageBitmap>;
  readonly #matrices: Shelf<Float32Array>;
  readonly #orders: LoadingShelf<number[]>;
  readonly #neurons: LoadingShelf<NeuronScene>;
  readonly #graphs: Shelf<LayerGraph>;
  readonly #connections: LoadingShelf<ConnectionScene>;
  readonly #paths: LoadingShelf<PathScene>;
  readonly #mistakes: LoadingShelf<MistakesScene>;
  readonly #contrasts: LoadingShelf<ContrastScene>;
  readonly #imageSets: LoadingShelf<ImageSetScene>;
  readonly #checks: WorkerChecks;
  readonly #images: LoadedImages;
  readonly #given: GivenImages;
  readonly #edits: Edits;
  readonly #saving = new Saving();
  readonly #onanew: () => void;
  #training = $state.raw<FollowedTraining | null>(null);

  /**
   * @param id The run's id.
   * @param client Where everything comes from.
   * @param onanew Called when the training was begun anew, so that all of this is of the past.
   */
  constructor(id: string, client: RunSource, onanew: () => void = () => {}) {
    this.id = id;
    this.#client = client;
    this.#onanew = onanew;
    const { signal } = this.#abort;
    this.#layers = new LoadingShelf(signal, { load: (layer, s) => this.#layer(layer, s) });
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
    this.#mistakes = new LoadingShelf(signal, { load: (label, s) => client.mistakes(Number(label), s), keep: 60 });
    this.#contrasts = new LoadingShelf(signal, {
      load: (key, s) => client.contrast(JSON.parse(key) as PairKey, s),
      keep: 30,
    });
    this.#images = new LoadedImages((address) => client.image(address, signal));
    this.#imageSets = new LoadingShelf(signal, {
      load: (key, s) => client.imageSet(JSON.parse(key) as ImageSetKey, s),
      keep: 30,
    });
    this.#checks = new WorkerChecks(client, signal, { onfound: () => this.#connectAgain(() => true) });
    this.#given = new GivenImages(client, signal);
    const onchange = (layers: readonly string[]): void => this.#renew(layers);
    const ongroups = (): void => this.#imageSets.renew((key) => (JSON.parse(key) as ImageSetKey).group !== null);
    this.#edits = client.edits
      ? new RunEdits(client.edits, signal, { onchange, ongroups, seen })
      : closedEdits(NOT_HERE, () => client.edited(signal));
    void this.load();
  }

  /** Load again what the clusters of some layers go into. */
  #renew(layers: readonly string[]): void {
    const within = (key: string): boolean => layers.includes((JSON.parse(key) as [string])[0]);
    this.#layers.renew((layer) => layers.includes(layer));
    this.#orders.renew(within);
    this.#contrasts.renew();
    this.#imageSets.renew();
    this.#given.sets.renew();
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
    await this.#read();
  }

  /** Show the snapshot of a step, with the clusters of those that the page has gone through. */
  show(step: number | null): void {
    const training = this.#training;
    if (!training) return;
    const snapshot = snapshotOf(training.shown, step);
    const moment = this.#client.moment;
    if (snapshot === null || (moment?.step === snapshot && moment.basis.length === training.basis.length)) return;
    this.#client.moment = { step: snapshot, basis: training.basis };
    // What is shown stays until the other snapshot's has come.
    for (const shelf of this.#ofSnapshot) shelf.renew();
    void this.#read();
  }

  /** What another snapshot has otherwise. */
  get #ofSnapshot(): LoadingShelf<unknown>[] {
    return [
      this.#layers,
      this.#neurons,
      this.#orders,
      this.#connections,
      this.#paths,
      this.#mistakes,
      this.#contrasts,
      this.#imageSets,
    ] as LoadingShelf<unknown>[];
  }

  async #read(): Promise<void> {
    const { signal } = this.#abort;
    const moment = this.#client.moment;
    try {
      const scene = await this.#client.scene(signal);
      if (signal.aborted || moment !== this.#client.moment) return;
      this.scene = ready(scene);
      if (scene.run.recorded && this.#client.training) this.#follow(scene, this.#client.training);
    } catch (error) {
      if (!signal.aborted && moment === this.#client.moment) this.scene = failed(error);
    }
  }

  /** A layer, and its patches with it when another snapshot's are on the screen: they change together. */
  async #layer(id: string, signal: AbortSignal): Promise<LayerScene> {
    const scene = await this.#client.layer(id, signal);
    const before = this.#layers.get(id);
    if (before.status !== "ready") return scene;
    if (scene.atlas !== null) await this.#atlases.ensure(scene.atlas);
    comesAfter(scene, before.value);
    return scene;
  }

  #follow(scene: Scene, source: TrainingSource): void {
    this.#training ??= new FollowedTraining(source, this.#abort.signal, this.#onanew);
    if (this.#client.moment || scene.groups.length === 0) return;
    // From now on every request says which snapshot it is about: newer ones may come.
    this.#training.begin(scene.run.step);
    this.#client.moment = { step: scene.run.step, basis: this.#training.basis };
  }

  get training(): Training | null {
    return this.#training;
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
      mistakes: this.#mistakes,
      contrasts: this.#contrasts,
      imageSets: this.#imageSets,
      given: this.#given,
      checks: this.#checks,
      edits: this.#edits,
      training: this.#training,
      saving: this.#saving,
      table: this.#client.table,
      image: (address) => this.#client.resolve(address) ?? this.#images.url(address),
    };
  }

  close(): void {
    this.#abort.abort();
  }
}
