import type { MapScene, PatchScene } from "../src/api/types.ts";
import { hash, seeded } from "./random.ts";

const MOST = 28;

/** An invented activation map: a blot at the receptive field's middle and some noise, over the whole image. */
export function activationMap(side: number, image: number, box: PatchScene["box"], maximum: number): MapScene | null {
  const cells = Math.min(side, MOST);
  if (cells < 2 || !box) return null;
  const random = seeded(hash(`${box.join()}:${cells}`));
  const [x, y] = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2].map((middle) => (middle / image) * cells - 0.5);
  const bytes = Array.from({ length: cells * cells }, (_, cell) => {
    const distance = Math.hypot((cell % cells) - (x ?? 0), Math.floor(cell / cells) - (y ?? 0)) / cells;
    return Math.round(255 * Math.min(1, 1.1 * Math.exp(-30 * distance ** 2) + (random() > 0.85 ? 0.2 : 0)));
  });
  const values = btoa(String.fromCharCode(...bytes));
  return { width: cells, height: cells, values, maximum, box: [0, 0, image, image] };
}
