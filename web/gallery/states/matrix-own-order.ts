import { wide } from "../../mock/runs.ts";
import { MatrixView } from "../../src/embed/view.svelte.ts";
import { mockContext } from "../context.ts";
import type { GalleryState } from "../state.ts";

export default {
  title: "classes in the best order for one cluster",
  view: MatrixView,
  size: [1120, 800],
  context: (theme) => mockContext(wide(), theme),
  state: { matrix: { layer: "layer1.0/relu#2", order: "c2" } },
} satisfies GalleryState;
