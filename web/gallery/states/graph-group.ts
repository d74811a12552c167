import { resnet20 } from "../../mock/runs.ts";
import { GraphView } from "../../src/embed/view.svelte.ts";
import { mockContext } from "../context.ts";
import type { GalleryState } from "../state.ts";

export default {
  title: "the layers of one group",
  view: GraphView,
  size: [1120, 330],
  context: (theme) => mockContext(resnet20(), theme),
  state: { graph: "group:layer3" },
} satisfies GalleryState;
