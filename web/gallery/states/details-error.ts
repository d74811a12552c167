import { resnet20 } from "../../mock/runs.ts";
import { DetailsView } from "../../src/embed/view.svelte.ts";
import { failedContext } from "../context.ts";
import type { GalleryState } from "../state.ts";

export default {
  title: "a neuron that cannot be loaded",
  view: DetailsView,
  size: [320, 400],
  context: (theme) => failedContext(resnet20(), theme),
  state: { selection: { layer: "layer2.2/relu#2", cluster: null, neuron: 12 } },
} satisfies GalleryState;
