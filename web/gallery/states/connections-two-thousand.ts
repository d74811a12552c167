import { dense } from "../../mock/runs.ts";
import { PictureView } from "../../src/embed/view.svelte.ts";
import { START_LINKS } from "../../src/state/links.ts";
import { mockContext } from "../context.ts";
import type { GalleryState } from "../state.ts";

export default {
  title: "two thousand curves: every group of a dense network opened, all connections wanted",
  view: PictureView,
  size: [1120, 800],
  context: (theme) => mockContext(dense(), theme),
  state: {
    open: ["group:layer1", "group:layer2", "group:layer3", "group:layer4", "group:layer5"],
    links: { ...START_LINKS, share: 1 },
  },
} satisfies GalleryState;
