import { resnet20 } from "../../mock/runs.ts";
import { DetailsView } from "../../src/embed/view.svelte.ts";
import { imagesOf } from "../../src/state/imageChoice.ts";
import { mockContext } from "../context.ts";
import type { GalleryState } from "../state.ts";

export default {
  title: "a set of images",
  view: DetailsView,
  size: [320, 900],
  context: (theme) => mockContext(resnet20(), theme),
  state: { images: imagesOf({ label: 3, answered: 5 }) },
} satisfies GalleryState;
