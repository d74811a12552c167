import { resnet20 } from "../../mock/runs.ts";
import { DetailsView } from "../../src/embed/view.svelte.ts";
import { mockContext } from "../context.ts";
import type { GalleryState } from "../state.ts";

export default {
  title: "what connections mean, without the network",
  view: DetailsView,
  size: [340, 800],
  context: (theme) => mockContext(resnet20(), theme),
  state: { links: { mode: null, share: 0.8, item: null, trace: null, check: true } },
} satisfies GalleryState;
