import { resnet20 } from "../../mock/runs.ts";
import { PictureView } from "../../src/embed/view.svelte.ts";
import { mockContext } from "../context.ts";
import type { GalleryState } from "../state.ts";

export default {
  title: "every cluster by what its neurons contribute to the classes",
  view: PictureView,
  size: [1120, 800],
  context: (theme) => mockContext(resnet20(), theme),
  state: { facet: "contributions", normalisation: "layer" },
} satisfies GalleryState;
