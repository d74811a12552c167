import { resnet20 } from "../../mock/runs.ts";
import { GraphView } from "../../src/embed/view.svelte.ts";
import { pendingContext } from "../context.ts";
import type { GalleryState } from "../state.ts";

export default {
  title: "the layer graph has not come yet",
  view: GraphView,
  size: [1120, 200],
  context: (theme) => pendingContext(resnet20(), theme),
  state: { graph: "group:layer3" },
} satisfies GalleryState;
