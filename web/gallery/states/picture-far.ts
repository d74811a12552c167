import { resnet110 } from "../../mock/runs.ts";
import { PictureView } from "../../src/embed/view.svelte.ts";
import { mockContext } from "../context.ts";
import type { GalleryState } from "../state.ts";

export default {
  title: "the same from far away: only names of groups remain",
  view: PictureView,
  size: [1120, 400],
  context: (theme) => mockContext(resnet110(), theme),
  state: { open: ["group:layer1", "group:layer2", "group:layer3"], zoom: { k: 0.1, x: 5000, y: 400 } },
} satisfies GalleryState;
