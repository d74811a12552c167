import { corners } from "../../mock/runs.ts";
import { MatrixView } from "../../src/embed/view.svelte.ts";
import { mockContext } from "../context.ts";
import type { GalleryState } from "../state.ts";

export default {
  title: "two classes, a cluster of one neuron, one that never fires",
  view: MatrixView,
  size: [960, 600],
  context: (theme) => mockContext(corners(), theme),
  state: { matrix: { layer: "layer1.0/relu#2", order: null } },
} satisfies GalleryState;
