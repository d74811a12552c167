import { dense } from "../../mock/runs.ts";
import { PictureView } from "../../src/embed/view.svelte.ts";
import { START_LINKS } from "../../src/state/links.ts";
import { mockContext } from "../context.ts";
import type { GalleryState } from "../state.ts";

export default {
  title: "the same, a bicluster looked at",
  view: PictureView,
  size: [1120, 800],
  context: (theme) => mockContext(dense(), theme),
  state: {
    links: { ...START_LINKS, item: "layer3.0/relu#2>layer4.0/relu#2 0" },
  },
} satisfies GalleryState;
