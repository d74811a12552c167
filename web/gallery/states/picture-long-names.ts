import { longNames } from "../../mock/runs.ts";
import { PictureView } from "../../src/embed/view.svelte.ts";
import { mockContext } from "../context.ts";
import type { GalleryState } from "../state.ts";

export default {
  title: "class names of sixty characters, one class without images",
  view: PictureView,
  size: [1120, 700],
  context: (theme) => mockContext(longNames(), theme),
  state: { facet: "activations" },
} satisfies GalleryState;
