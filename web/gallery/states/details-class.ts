import { resnet20 } from "../../mock/runs.ts";
import { DetailsView } from "../../src/embed/view.svelte.ts";
import { mockContext } from "../context.ts";
import type { GalleryState } from "../state.ts";

export default {
  title: "a class: a neuron of the output",
  view: DetailsView,
  size: [320, 900],
  context: (theme) => mockContext(resnet20(), theme),
  state: { selection: { layer: "linear", cluster: null, neuron: 3 } },
} satisfies GalleryState;
