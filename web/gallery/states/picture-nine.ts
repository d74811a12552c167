import { resnet20 } from "../../mock/runs.ts";
import { PictureView } from "../../src/embed/view.svelte.ts";
import { mockContext } from "../context.ts";
import type { GalleryState } from "../state.ts";

export default {
  title: "closer: the nine best patches of each neuron",
  view: PictureView,
  size: [1120, 700],
  context: (theme) => mockContext(resnet20(), theme),
  state: { zoom: { k: 4, x: 690, y: 190 } },
} satisfies GalleryState;
