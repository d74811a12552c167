import { resnet20 } from "../../mock/runs.ts";
import { MatrixView } from "../../src/embed/view.svelte.ts";
import { mockContext } from "../context.ts";
import type { GalleryState } from "../state.ts";

export default {
  title: "the matrix of a layer",
  view: MatrixView,
  size: [960, 700],
  context: (theme) => mockContext(resnet20(), theme),
  state: { matrix: { layer: "layer3.2/relu#2", order: null } },
} satisfies GalleryState;
