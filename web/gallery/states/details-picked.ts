import { resnet20 } from "../../mock/runs.ts";
import { DetailsView } from "../../src/embed/view.svelte.ts";
import { mockContext } from "../context.ts";
import type { GalleryState } from "../state.ts";

export default {
  title: "neurons and classes are picked",
  view: DetailsView,
  size: [320, 800],
  context: (theme) => mockContext(resnet20(), theme),
  state: { facet: "activations", brush: { layer: "layer3.2/relu#2", neurons: [1, 4, 12, 13, 14], classes: [2, 3] } },
} satisfies GalleryState;
