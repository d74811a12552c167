import { resnet20 } from "../../mock/runs.ts";
import { PictureView } from "../../src/embed/view.svelte.ts";
import { mockContext } from "../context.ts";
import type { GalleryState } from "../state.ts";

export default {
  title: "one group opened into blocks, one block into layers",
  view: PictureView,
  size: [1400, 700],
  context: (theme) => mockContext(resnet20(), theme),
  state: { open: ["group:layer3", "block:layer3.1"] },
} satisfies GalleryState;
