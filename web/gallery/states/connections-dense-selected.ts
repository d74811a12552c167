import { dense } from "../../mock/runs.ts";
import { PictureView } from "../../src/embed/view.svelte.ts";
import { START_LINKS } from "../../src/state/links.ts";
import { mockContext } from "../context.ts";
import type { GalleryState } from "../state.ts";

export default {
  title: "the same, a cluster selected",
  view: PictureView,
  size: [1120, 800],
  context: (theme) => mockContext(dense(), theme),
  state: {
    selection: { layer: "layer3.0/relu#2", cluster: "c5", neuron: null },
    links: START_LINKS,
  },
} satisfies GalleryState;
