import { resnet20 } from "../../mock/runs.ts";
import { DetailsView } from "../../src/embed/view.svelte.ts";
import { mockContext } from "../context.ts";
import type { GalleryState } from "../state.ts";

export default {
  title: "a layer",
  view: DetailsView,
  size: [320, 800],
  context: (theme) => mockContext(resnet20(), theme),
  state: { selection: { layer: "layer3.2/relu#2", cluster: null, neuron: null } },
} satisfies GalleryState;
