/** Sides and pixels of a canvas that every browser can make. */
const MOST = { side: 16_384, pixels: 200e6 } as const;

/** Pixels per unit of a picture: what is wanted, or fewer where a canvas could not be so large. */
export function ratioFor({ width, height }: { width: number; height: number }, wanted: number): number {
  return Math.min(wanted, MOST.side / Math.max(width, height), Math.sqrt(MOST.pixels / (width * height)));
}

/** Draw an SVG document into pixels. */
export async function pngOf(svg: string, size: { width: number; height: number }, wanted: number): Promise<Blob> {
  const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const ratio = ratioFor(size, wanted);
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(size.width * ratio);
    canvas.height = Math.round(size.height * ratio);
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise<Blob>((done, fail) => {
      const made = (blob: Blob | null): void =>
        blob ? done(blob) : fail(new Error("the browser made no image of it"));
      canvas.toBlob(made, "image/png");
    });
  } finally {
    URL.revokeObjectURL(address);
  }
}
