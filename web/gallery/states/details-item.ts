import { dense } from "../../mock/runs.ts";
import { DetailsView } from "../../src/embed/view.svelte.ts";
import { START_LINKS } from "../../src/state/links.ts";
import { mockContext } from "../context.ts";
import type { GalleryState } from "../state.ts";

export default {
  title: "a bicluster",
  view: DetailsView,
  size: [340, 800],
  context: (theme) => mockContext(dense(), theme),
  state: {
    links: { ...START_LINKS, item: "layer3.0/relu#2>layer4.0/relu#2 0" },
  },
} satisfies GalleryState;
