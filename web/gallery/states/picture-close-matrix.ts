import { resnet20 } from "../../mock/runs.ts";
import { PictureView } from "../../src/embed/view.svelte.ts";
import { mockContext } from "../context.ts";
import type { GalleryState } from "../state.ts";

export default {
  title: "a matrix close up: numbers of neurons and names of classes",
  view: PictureView,
  size: [1120, 700],
  context: (theme) => mockContext(resnet20(), theme),
  state: { facet: "contributions", zoom: { k: 3.4, x: 660, y: 210 } },
} satisfies GalleryState;
