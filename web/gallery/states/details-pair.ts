import { resnet20 } from "../../mock/runs.ts";
import { DetailsView } from "../../src/embed/view.svelte.ts";
import { mockContext } from "../context.ts";
import type { GalleryState } from "../state.ts";

export default {
  title: "two sets of images compared",
  view: DetailsView,
  size: [320, 900],
  context: (theme) => mockContext(resnet20(), theme),
  state: { pair: { label: 3, other: 5, against: "right" } },
} satisfies GalleryState;
