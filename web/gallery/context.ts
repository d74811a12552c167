import { type ConnectionQuery, NO_WORKER, type PathQuery } from "../mock/connections.ts";
import type { Pixels } from "../mock/pixels.ts";
import type { MockRun } from "../mock/run.ts";
import type {
  ClusterAnswer,
  ContrastScene,
  ImageSetScene,
  LayerScene,
  MistakesScene,
  Scene,
} from "../src/api/types.ts";
import { type Async, failed, PENDING, ready } from "../src/state/async.ts";
import type { RunContext } from "../src/state/context.ts";
import { closedEdits } from "../src/state/edits.svelte.ts";
import type { ImageChoice } from "../src/state/imageChoice.ts";
import { decodePiece, readPictureKey } from "../src/state/pictures.ts";
import { Saving } from "../src/state/saving.svelte.ts";
import { FullShelf, LoadingShelf } from "../src/state/shelf.svelte.ts";
import type { Pair } from "../src/state/viewState.ts";
import type { Checks } from "../src/state/worker.svelte.ts";
import type { Theme } from "../src/theme/theme.ts";

function imageData({ data, width, height }: Pixels): ImageData {
  return new ImageData(data, width, height);
}

function dataAddress(pixels: Pixels): string {
  const canvas = document.createElement("canvas");
  canvas.width = pixels.width;
  canvas.height = pixels.height;
  canvas.getContext("2d")?.putImageData(imageData(pixels), 0, 0);
  return canvas.toDataURL();
}

function found<T>(find: () => T): Async<T> {
  try {
    return ready(find());
  } catch (error) {
    return failed(error);
  }
}

/** Values that are made once and then remembered. */
function remembered<T>(make: (key: string) => T): FullShelf<T> {
  const known = new Map<string, Async<T>>();
  return new FullShelf((key) => {
    const value = known.get(key) ?? found(() => make(key));
    known.set(key, value);
    return value;
  });
}

/** A worker that is not there: the page says how to start one. */
const NO_CHECKS: Checks = {
  state: ready(NO_WORKER),
  refused: null,
  last: null,
  watch: () => {},
  begin: () => {},
  beginPath: () => {},
  cancel: () => {},
};

const NO_IMAGES: RunContext["given"] = {
  busy: "",
  trouble: null,
  sets: new FullShelf<never>(() => PENDING),
  give: async () => null,
  dismiss: () => {},
};

/** The next two classes are mistaken for a class, and it for them. */
function mistakesOf({ classes }: Scene, label: number): MistakesScene {
  const images = classes[label]?.images ?? 0;
  const others = [1, 2].map((step) => ({
    label: (label + step) % classes.length,
    images: Math.round(images / (10 * step)),
  }));
  const wrong = others.reduce((sum, one) => sum + one.images, 0);
  return { label, images, right: images - wrong, taken_for: others, taken: others };
}

/** Clusters that answer to a class differ most between it and another. */
function contrastOf(scene: Scene, layer: (id: string) => LayerScene, { label, other }: Pair): ContrastScene {
  const columns = scene.groups.filter((group) => !group.output).map((group) => layer(group.layer));
  const clusters = columns.flatMap((column) =>
    column.clusters.map((one) => ({
      layer: column.layer,
      cluster: one.id,
      title: one.title,
      first: one.profile[label] ?? 0,
      second: one.profile[other] ?? 0,
    })),
  );
  clusters.sort((a, b) => Math.abs(b.first - b.second) - Math.abs(a.first - a.second));
  const side = (of: number) => ({ images: 40, examples: scene.examples.filter((one) => one.label === of) });
  return { first: side(label), second: side(other), clusters: clusters.slice(0, 24) };
}

/** Images of a class answered with another one: clusters that answer to that one answer more than the profile promises. */
function imageSetOf(scene: Scene, layer: (id: string) => LayerScene, of: ImageChoice): ImageSetScene {
  const [label, answered] = [of.label ?? 0, of.answered ?? 1];
  const columns = scene.groups.filter((group) => !group.output).map((group) => layer(group.layer));
  const clusters = columns.flatMap((column) =>
    column.clusters.map((one): ClusterAnswer => {
      const profile = one.profile[label] ?? 0;
      const answer = (profile + (one.profile[answered] ?? 0)) / 2;
      return { layer: column.layer, cluster: one.id, title: one.title, answer, profile };
    }),
  );
  const by = (value: (one: ClusterAnswer) => number): ClusterAnswer[] =>
    clusters.toSorted((a, b) => value(b) - value(a)).slice(0, 24);
  const shown = scene.examples.filter((one) => one.label === label);
  const members = Array.from({ length: 40 }, (_, sample) => {
    const image = sample % 7 === 6 ? null : (shown[sample % Math.max(1, shown.length)]?.image ?? null);
    return { sample, image, label, predicted: answered };
  });
  return {
    title: `${scene.classes[label]?.name} answered as ${scene.classes[answered]?.name}`,
    images: 40,
    unknown: 0,
    of: 2000,
    labelled: 40,
    right: label === answered ? 40 : 0,
    labels: [{ label, images: 40 }],
    predictions: [{ label: answered, images: 40 }],
    mistakes: label === answered ? [] : [{ label: answered, images: 40 }],
    answering: by((one) => one.answer),
    differing: by((one) => Math.abs(one.answer - one.profile)),
    members,
  };
}

/** Everything of an invented run at hand, without a server. */
export function mockContext(run: MockRun, theme: Theme): RunContext {
  const layerOf = (address: string): string => new URLSearchParams(address.split("?")[1]).get("layer") ?? "";
  const layers = new Map<string, ReturnType<MockRun["layer"]>>();
  const layer = (id: string) => {
    const scene = layers.get(id) ?? run.layer(id);
    layers.set(id, scene);
    return scene;
  };
  const sampleOf = (address: string): number => Number(new URLSearchParams(address.split("?")[1]).get("sample"));
  const matrices = new Map<string, Float32Array>();
  const matrix = (address: string): Float32Array => {
    const facet = address.endsWith("contributions") ? "contributions" : "activations";
    const values = matrices.get(address) ?? run.matrix(layerOf(address), facet);
    matrices.set(address, values);
    return values;
  };
  return {
    scene: run.scene,
    theme,
    layers: new FullShelf((id) => found(() => layer(id))),
    atlases: new LoadingShelf(new AbortController().signal, {
      load: (address) => createImageBitmap(imageData(run.atlas(layerOf(address)))),
    }),
    pictures: new LoadingShelf(new AbortController().signal, {
      load: (key) => {
        const piece = readPictureKey(key);
        return decodePiece(imageData(run.image(sampleOf(piece.address))), piece);
      },
    }),
    matrices: new FullShelf((address) => found(() => matrix(address))),
    orders: new FullShelf((key) => {
      const [layerId, cluster] = JSON.parse(key) as [string, string];
      return found(() => run.classOrder(layerId, cluster));
    }),
    neurons: new FullShelf((id) => found(() => run.neuron(id))),
    graphs: new FullShelf(() => ready(run.graph)),
    connections: remembered((key) => run.connections(JSON.parse(key) as ConnectionQuery)),
    paths: remembered((key) => run.path(JSON.parse(key) as PathQuery)),
    mistakes: new FullShelf((label) => ready(mistakesOf(run.scene, Number(label)))),
    contrasts: remembered((key) => contrastOf(run.scene, layer, JSON.parse(key) as Pair)),
    imageSets: remembered((key) => imageSetOf(run.scene, layer, JSON.parse(key) as ImageChoice)),
    given: NO_IMAGES,
    checks: NO_CHECKS,
    edits: closedEdits(""),
    training: null,
    saving: new Saving(),
    table: null,
    image: (address) => dataAddress(run.image(sampleOf(address))),
  };
}

const allOf = (never: FullShelf<never>) => ({
  layers: never,
  neurons: never,
  graphs: never,
  matrices: never,
  orders: never,
  connections: never,
  paths: never,
  mistakes: never,
  contrasts: never,
  imageSets: never,
});

/** The same run while nothing has come yet. */
export function pendingContext(run: MockRun, theme: Theme): RunContext {
  const never = new FullShelf<never>(() => PENDING);
  return { ...mockContext(run, theme), ...allOf(never) };
}

/** The same run when the server has gone away. */
export function failedContext(run: MockRun, theme: Theme): RunContext {
  const gone = Object.assign(new Error("The cnnvis server does not answer."), { remedy: "Start it again." });
  const never = new FullShelf<never>(() => failed(gone));
  return { ...mockContext(run, theme), ...allOf(never) };
}
