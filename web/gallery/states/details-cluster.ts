import { resnet20 } from "../../mock/runs.ts";
import { DetailsView } from "../../src/embed/view.svelte.ts";
import { mockContext } from "../context.ts";
import type { GalleryState } from "../state.ts";

export default {
  title: "a cluster",
  view: DetailsView,
  size: [320, 800],
  context: (theme) => mockContext(resnet20(), theme),
  state: { selection: { layer: "layer3.2/relu#2", cluster: "c2", neuron: null } },
} satisfies GalleryState;
