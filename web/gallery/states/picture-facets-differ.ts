import { resnet20 } from "../../mock/runs.ts";
import { PictureView } from "../../src/embed/view.svelte.ts";
import { mockContext } from "../context.ts";
import type { GalleryState } from "../state.ts";

export default {
  title: "one cluster drawn differently from the rest",
  view: PictureView,
  size: [1120, 800],
  context: (theme) => mockContext(resnet20(), theme),
  state: {
    facet: "activations",
    facets: { "layer3.2/relu#2:c2": "features", "layer2.2/relu#2:c1": "contributions" },
    selection: { layer: "layer3.2/relu#2", cluster: "c2", neuron: null },
  },
} satisfies GalleryState;
