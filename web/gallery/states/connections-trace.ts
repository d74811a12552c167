import { resnet20 } from "../../mock/runs.ts";
import { PictureView } from "../../src/embed/view.svelte.ts";
import { START_LINKS } from "../../src/state/links.ts";
import { mockContext } from "../context.ts";
import type { GalleryState } from "../state.ts";

export default {
  title: "the way back from a class",
  view: PictureView,
  size: [1120, 800],
  context: (theme) => mockContext(resnet20(), theme),
  state: {
    links: {
      ...START_LINKS,
      trace: { layer: "linear", cluster: null, label: 3, stop: 2, own: null },
    },
  },
} satisfies GalleryState;
