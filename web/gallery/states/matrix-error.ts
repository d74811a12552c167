import { resnet20 } from "../../mock/runs.ts";
import { MatrixView } from "../../src/embed/view.svelte.ts";
import { failedContext } from "../context.ts";
import type { GalleryState } from "../state.ts";

export default {
  title: "the server has gone away",
  view: MatrixView,
  size: [960, 300],
  context: (theme) => failedContext(resnet20(), theme),
  state: { matrix: { layer: "layer3.2/relu#2", order: null } },
} satisfies GalleryState;
