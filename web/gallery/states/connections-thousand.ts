import { thousand } from "../../mock/runs.ts";
import { PictureView } from "../../src/embed/view.svelte.ts";
import { START_LINKS } from "../../src/state/links.ts";
import { mockContext } from "../context.ts";
import type { GalleryState } from "../state.ts";

export default {
  title: "a class column in clusters",
  view: PictureView,
  size: [1120, 800],
  context: (theme) => mockContext(thousand(), theme),
  state: { links: START_LINKS },
} satisfies GalleryState;
