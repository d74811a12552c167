import { wide } from "../../mock/runs.ts";
import { PictureView } from "../../src/embed/view.svelte.ts";
import { mockContext } from "../context.ts";
import type { GalleryState } from "../state.ts";

export default {
  title: "the same as matrices of class groups",
  view: PictureView,
  size: [1120, 700],
  context: (theme) => mockContext(wide(), theme),
  state: { facet: "activations" },
} satisfies GalleryState;
