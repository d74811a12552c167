import type { Pixels } from "../mock/pixels.ts";
import type { MockRun } from "../mock/run.ts";
import { type Async, failed, PENDING, ready } from "../src/state/async.ts";
import type { RunContext } from "../src/state/context.ts";
import { FullShelf, LoadingShelf } from "../src/state/shelf.svelte.ts";
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

/** Everything of an invented run at hand, without a server. */
export function mockContext(run: MockRun, theme: Theme): RunContext {
  const layerOf = (address: string): string => new URLSearchParams(address.split("?")[1]).get("layer") ?? "";
  const layers = new Map<string, ReturnType<MockRun["layer"]>>();
  const layer = (id: string) => {
    const scene = layers.get(id) ?? run.layer(id);
    layers.set(id, scene);
    return scene;
  };
  return {
    scene: run.scene,
    theme,
    layers: new FullShelf((id) => found(() => layer(id))),
    atlases: new LoadingShelf(new AbortController().signal, {
      load: (address) => createImageBitmap(imageData(run.atlas(layerOf(address)))),
    }),
    neurons: new FullShelf((id) => found(() => run.neuron(id))),
    graphs: new FullShelf(() => ready(run.graph)),
    image: (address) => dataAddress(run.image(Number(new URLSearchParams(address.split("?")[1]).get("sample")))),
  };
}

/** The same run while nothing has come yet. */
export function pendingContext(run: MockRun, theme: Theme): RunContext {
  const never = new FullShelf<never>(() => PENDING);
  return { ...mockContext(run, theme), layers: never, neurons: never, graphs: never };
}

/** The same run when the server has gone away. */
export function failedContext(run: MockRun, theme: Theme): RunContext {
  const gone = Object.assign(new Error("The cnnvis server does not answer."), { remedy: "Start it again." });
  const never = new FullShelf<never>(() => failed(gone));
  return { ...mockContext(run, theme), layers: never, neurons: never, graphs: never };
}
