/** A piece of an image, and how large it is needed: what a decoded picture is asked for by. */
export interface PictureKey {
  address: string;
  /** left, top, right, bottom in the image's pixels. */
  box: readonly [number, number, number, number];
  /** Pixels of its longer side to decode it to; never more than it has. */
  most: number;
}

export const pictureKey = ({ address, box, most }: PictureKey): string => JSON.stringify([address, box, most]);

export function readPictureKey(key: string): PictureKey {
  const [address, box, most] = JSON.parse(key) as [string, [number, number, number, number], number];
  return { address, box, most };
}

/** Whole pixels of a piece, and the size it is decoded to: small ones as they are, large ones smaller. */
export function pieceOf({ box, most }: Pick<PictureKey, "box" | "most">): {
  x: number;
  y: number;
  width: number;
  height: number;
  resizeWidth: number;
  resizeHeight: number;
} {
  const [x, y] = [Math.floor(box[0]), Math.floor(box[1])];
  const [width, height] = [Math.max(1, Math.ceil(box[2]) - x), Math.max(1, Math.ceil(box[3]) - y)];
  const scale = Math.min(1, most / Math.max(width, height));
  const resized = (length: number): number => Math.max(1, Math.round(length * scale));
  return { x, y, width, height, resizeWidth: resized(width), resizeHeight: resized(height) };
}

/** Decode a piece of an image; memory then holds what is on the screen, not whole photographs. */
export function decodePiece(source: ImageBitmapSource, key: PictureKey): Promise<ImageBitmap> {
  const { x, y, width, height, resizeWidth, resizeHeight } = pieceOf(key);
  if (resizeWidth === width && resizeHeight === height) return createImageBitmap(source, x, y, width, height);
  return createImageBitmap(source, x, y, width, height, { resizeWidth, resizeHeight, resizeQuality: "high" });
}
