import type { ImageSetKey } from "../api/source.ts";
import { rangesOf, readRanges } from "./ranges.ts";

/** Which images are looked at together: probe images for which all of this holds, or those given on the page. */
export interface ImageChoice extends ImageSetKey {
  /** Number of a set that was given on the page. */
  given: number | null;
}

/** All probe images: nothing has to hold. */
export const ALL_IMAGES: ImageChoice = {
  label: null,
  answered: null,
  wrong: false,
  neuron: null,
  samples: [],
  group: null,
  given: null,
};

export const imagesOf = (change: Partial<ImageChoice>): ImageChoice => ({ ...ALL_IMAGES, ...change });

/** More can be chosen on the server, but not written into an address. */
const MOST = 2000;

const wholeOf = (text: string | null): number | null => (text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null);

/** Read what an address says of images; anything not understood is left out. */
export function readImages(query: URLSearchParams): ImageChoice | null {
  if (!query.has("images")) return null;
  return {
    label: wholeOf(query.get("of-class")),
    answered: wholeOf(query.get("answered")),
    wrong: query.has("wrong"),
    neuron: query.get("of-neuron"),
    samples: readRanges(query.get("images")).slice(0, MOST),
    group: query.get("group"),
    given: wholeOf(query.get("given")),
  };
}

export function writeImages(query: URLSearchParams, images: ImageChoice | null): void {
  if (images === null) return;
  query.set("images", rangesOf(images.samples));
  if (images.label !== null) query.set("of-class", String(images.label));
  if (images.answered !== null) query.set("answered", String(images.answered));
  if (images.wrong) query.set("wrong", "");
  if (images.neuron !== null) query.set("of-neuron", images.neuron);
  if (images.group !== null) query.set("group", images.group);
  if (images.given !== null) query.set("given", String(images.given));
}
