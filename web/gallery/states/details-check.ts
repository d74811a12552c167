import { resnet20 } from "../../mock/runs.ts";
import { DetailsView } from "../../src/embed/view.svelte.ts";
import { START_LINKS } from "../../src/state/links.ts";
import { mockContext } from "../context.ts";
import type { GalleryState } from "../state.ts";

export default {
  title: "what connections mean, without the network",
  view: DetailsView,
  size: [340, 800],
  context: (theme) => mockContext(resnet20(), theme),
  state: { links: { ...START_LINKS, panel: "check" } },
} satisfies GalleryState;
