import { corners } from "../../mock/runs.ts";
import { PictureView } from "../../src/embed/view.svelte.ts";
import { mockContext } from "../context.ts";
import type { GalleryState } from "../state.ts";

export default {
  title: "the same as matrices",
  view: PictureView,
  size: [1120, 600],
  context: (theme) => mockContext(corners(), theme),
  state: { facet: "activations" },
} satisfies GalleryState;
