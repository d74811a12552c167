import { wide } from "../../mock/runs.ts";
import { MatrixView } from "../../src/embed/view.svelte.ts";
import { mockContext } from "../context.ts";
import type { GalleryState } from "../state.ts";

export default {
  title: "two class groups opened, one of them further",
  view: MatrixView,
  size: [1120, 800],
  context: (theme) => mockContext(wide(), theme),
  state: {
    classes: ["100-150", "300-350", "300-325"],
    matrix: { layer: "layer1.0/relu#2", order: null },
  },
} satisfies GalleryState;
