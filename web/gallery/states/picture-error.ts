import { resnet20 } from "../../mock/runs.ts";
import { PictureView } from "../../src/embed/view.svelte.ts";
import { failedContext } from "../context.ts";
import type { GalleryState } from "../state.ts";

export default {
  title: "the server has gone away",
  view: PictureView,
  size: [1120, 600],
  context: (theme) => failedContext(resnet20(), theme),
} satisfies GalleryState;
