import { resnet20 } from "../../mock/runs.ts";
import { PictureView } from "../../src/embed/view.svelte.ts";
import { mockContext } from "../context.ts";
import type { GalleryState } from "../state.ts";

export default {
  title: "a whole network as it first appears",
  view: PictureView,
  size: [1120, 800],
  context: (theme) => mockContext(resnet20(), theme),
} satisfies GalleryState;
