import { resnet20 } from "../../mock/runs.ts";
import { DetailsView } from "../../src/embed/view.svelte.ts";
import { mockContext } from "../context.ts";
import type { GalleryState } from "../state.ts";

export default {
  title: "nothing is selected",
  view: DetailsView,
  size: [320, 800],
  context: (theme) => mockContext(resnet20(), theme),
} satisfies GalleryState;
