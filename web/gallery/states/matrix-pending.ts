import { resnet20 } from "../../mock/runs.ts";
import { MatrixView } from "../../src/embed/view.svelte.ts";
import { pendingContext } from "../context.ts";
import type { GalleryState } from "../state.ts";

export default {
  title: "nothing has come yet",
  view: MatrixView,
  size: [960, 300],
  context: (theme) => pendingContext(resnet20(), theme),
  state: { matrix: { layer: "layer3.2/relu#2", order: null } },
} satisfies GalleryState;
