import { resnet20 } from "../../mock/runs.ts";
import { DetailsView } from "../../src/embed/view.svelte.ts";
import { mockContext } from "../context.ts";
import type { GalleryState } from "../state.ts";

export default {
  title: "the way back from a class",
  view: DetailsView,
  size: [340, 800],
  context: (theme) => mockContext(resnet20(), theme),
  state: {
    links: {
      mode: null,
      share: 0.8,
      item: null,
      trace: { layer: "linear", cluster: null, label: 3, stop: 2 },
      check: false,
    },
  },
} satisfies GalleryState;
