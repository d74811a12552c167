import { resnet110 } from "../../mock/runs.ts";
import { PictureView } from "../../src/embed/view.svelte.ts";
import { mockContext } from "../context.ts";
import type { GalleryState } from "../state.ts";

export default {
  title: "a deep network with every group opened: the left end, and a map",
  view: PictureView,
  size: [1120, 720],
  context: (theme) => mockContext(resnet110(), theme),
  state: { open: ["group:layer1", "group:layer2", "group:layer3"] },
} satisfies GalleryState;
