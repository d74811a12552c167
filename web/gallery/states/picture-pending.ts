import { resnet20 } from "../../mock/runs.ts";
import { PictureView } from "../../src/embed/view.svelte.ts";
import { pendingContext } from "../context.ts";
import type { GalleryState } from "../state.ts";

export default {
  title: "nothing has come yet",
  view: PictureView,
  size: [1120, 600],
  context: (theme) => pendingContext(resnet20(), theme),
} satisfies GalleryState;
