import { wide } from "../../mock/runs.ts";
import { PictureView } from "../../src/embed/view.svelte.ts";
import { mockContext } from "../context.ts";
import type { GalleryState } from "../state.ts";

export default {
  title: "2048 neurons and 1000 classes",
  view: PictureView,
  size: [1120, 700],
  context: (theme) => mockContext(wide(), theme),
  state: {},
} satisfies GalleryState;
