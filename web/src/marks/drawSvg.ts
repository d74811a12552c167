import type { Followed } from "../state/async.ts";
import { breath } from "./sliced.ts";

/** Sides and pixels of a canvas that every browser can make. */
const MOST = { side: 16_384, pixels: 200e6 } as const;

/** Pixels of a canvas that are drawn in one go. */
const STRIP = 2e6;

/** A part of a picture as a document of the whole picture's size; it shows something between two places only. */
export interface Sheet {
  svg: string;
  left: number;
  right: number;
}

interface Size {
  width: number;
  height: number;
}

/** Pixels per unit of a picture: what is wanted, or fewer where a canvas could not be so large. */
export function ratioFor({ width, height }: Size, wanted: number): number {
  return Math.min(wanted, MOST.side / Math.max(width, height), Math.sqrt(MOST.pixels / (width * height)));
}

/** A range of pixels cut into strips, from left to right, of which none has too many pixels. */
export function stripsOf(left: number, right: number, height: number): [number, number][] {
  const count = Math.max(1, Math.ceil(((right - left) * height) / STRIP));
  const at = (strip: number): number => left + Math.round((strip * (right - left)) / count);
  return Array.from({ length: count }, (_, strip) => [at(strip), at(strip + 1)]);
}

async function imageOf(svg: string): Promise<HTMLImageElement> {
  const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    return image;
  } finally {
    URL.revokeObjectURL(address);
  }
}

/** Draw the documents of a picture onto one another, into pixels; the page gets its turn after every strip. */
export async function pngOf(sheets: readonly Sheet[], size: Size, wanted: number, followed: Followed): Promise<Blob> {
  const { signal, progress } = followed;
  const ratio = ratioFor(size, wanted);
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(size.width * ratio);
  canvas.height = Math.round(size.height * ratio);
  // Drawn at once and not when it is asked for the file: only so it can be done strip by strip.
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new Error("the browser has no room for an image of this size");
  for (const [index, { svg, left, right }] of sheets.entries()) {
    const image = await imageOf(svg);
    const [from, to] = [Math.floor(left * ratio), Math.min(canvas.width, Math.ceil(right * ratio))];
    for (const [start, end] of stripsOf(from, to, canvas.height)) {
      signal.throwIfAborted();
      context.save();
      context.beginPath();
      context.rect(start, 0, end - start, canvas.height);
      context.clip();
      context.drawImage(image, 0, 0, canvas.width, canvas.height);
      context.restore();
      context.getImageData(start, 0, 1, 1);
      progress((index + (end - from) / (to - from)) / sheets.length);
      await breath();
    }
  }
  signal.throwIfAborted();
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
  signal.throwIfAborted();
  if (!blob) throw new Error("the browser made no image of it");
  return blob;
}
