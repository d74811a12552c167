import { dense } from "../../mock/runs.ts";
import { PictureView } from "../../src/embed/view.svelte.ts";
import { mockContext } from "../context.ts";
import type { GalleryState } from "../state.ts";

export default {
  title: "two thousand curves: every group of a dense network opened, all connections wanted",
  view: PictureView,
  size: [1120, 800],
  context: (theme) => mockContext(dense(), theme),
  state: {
    open: ["group:layer1", "group:layer2", "group:layer3", "group:layer4", "group:layer5"],
    links: { mode: null, share: 1, item: null, trace: null, check: false },
  },
} satisfies GalleryState;
