import { resnet20 } from "../../mock/runs.ts";
import { PictureView } from "../../src/embed/view.svelte.ts";
import { mockContext } from "../context.ts";
import type { GalleryState } from "../state.ts";

export default {
  title: "by contribution, with a warning",
  view: PictureView,
  size: [1120, 800],
  context: (theme) => mockContext(resnet20(), theme),
  state: { links: { mode: "contribution", share: 0.8, item: null, trace: null, check: false } },
} satisfies GalleryState;
