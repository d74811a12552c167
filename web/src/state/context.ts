import type { LayerGraph, LayerScene, NeuronScene, Scene } from "../api/types.ts";
import type { Theme } from "../theme/theme.ts";
import type { Shelf } from "./shelf.svelte.ts";
import type { ViewState } from "./viewState.ts";

/** What every view of a run may know: data to read, never how it travels. */
export interface RunContext {
  readonly scene: Scene;
  readonly theme: Theme;
  /** Clusters by layer id. */
  readonly layers: Shelf<LayerScene>;
  /** Decoded sprite atlases by the address that the layer names. */
  readonly atlases: Shelf<ImageBitmap>;
  /** Neurons by neuron id (`layer:13`). */
  readonly neurons: Shelf<NeuronScene>;
  /** The layer graph, under the key "graph". */
  readonly graphs: Shelf<LayerGraph>;
  /** The full address of an image named in an answer. */
  image(address: string): string;
}

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
