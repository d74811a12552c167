import { longNames } from "../../mock/runs.ts";
import { MatrixView } from "../../src/embed/view.svelte.ts";
import { mockContext } from "../context.ts";
import type { GalleryState } from "../state.ts";

export default {
  title: "class names of sixty characters, one class without images",
  view: MatrixView,
  size: [960, 600],
  context: (theme) => mockContext(longNames(), theme),
  state: { matrix: { layer: "layer2.0/relu#2", order: null } },
} satisfies GalleryState;
