import { resnet20 } from "../../mock/runs.ts";
import { PictureView } from "../../src/embed/view.svelte.ts";
import { mockContext } from "../context.ts";
import type { GalleryState } from "../state.ts";

export default {
  title: "closest: whole images with the receptive field",
  view: PictureView,
  size: [1120, 700],
  context: (theme) => mockContext(resnet20(), theme),
  state: { zoom: { k: 9, x: 690, y: 160 } },
} satisfies GalleryState;
