import { thousand } from "../../mock/runs.ts";
import { PictureView } from "../../src/embed/view.svelte.ts";
import { mockContext } from "../context.ts";
import type { GalleryState } from "../state.ts";

export default {
  title: "a class column in clusters",
  view: PictureView,
  size: [1120, 800],
  context: (theme) => mockContext(thousand(), theme),
  state: { links: { mode: null, share: 0.8, item: null, trace: null, check: false } },
} satisfies GalleryState;
