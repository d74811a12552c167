import { wide } from "../../mock/runs.ts";
import { MatrixView } from "../../src/embed/view.svelte.ts";
import { mockContext } from "../context.ts";
import type { GalleryState } from "../state.ts";

export default {
  title: "neurons and class groups picked",
  view: MatrixView,
  size: [1120, 800],
  context: (theme) => mockContext(wide(), theme),
  state: {
    brush: {
      layer: "layer1.0/relu#2",
      neurons: Array.from({ length: 400 }, (_, i) => 900 + i),
      classes: Array.from({ length: 50 }, (_, i) => 350 + i),
    },
    matrix: { layer: "layer1.0/relu#2", order: null },
  },
} satisfies GalleryState;
