import { describe, expect, it } from "vitest";
import { LIGHT } from "../theme/theme.ts";
import { type ClosePatch, drawTiles, type TilePicture } from "./drawTiles.ts";

interface Image {
  source: unknown;
  from: number[];
  to: number[];
  smooth: boolean;
}

/** A canvas that only writes down which images are drawn where, and whether smoothly. */
function paper() {
  const images: Image[] = [];
  const lines: string[] = [];
  const pen = {
    canvas: { width: 900, height: 900 },
    globalAlpha: 1,
    imageSmoothingEnabled: true,
    drawImage: (source: unknown, ...box: number[]) =>
      images.push({ source, from: box.slice(0, -4), to: box.slice(-4), smooth: pen.imageSmoothingEnabled }),
    setLineDash: (dash: number[]) => lines.push(dash.length > 0 ? "dashed" : "whole"),
    ...Object.fromEntries(
      [
        "strokeRect fillRect save restore beginPath rect clip translate moveTo lineTo stroke closePath fill".split(" "),
      ].flatMap((names) => names.map((name) => [name, () => {}])),
    ),
  };
  return { images, lines, context: pen as unknown as CanvasRenderingContext2D };
}

const atlas = { name: "atlas" } as unknown as CanvasImageSource;
const bitmap = (width: number, height: number): ImageBitmap => ({ width, height }) as ImageBitmap;

function draw(sprite: [number, number, number, number], side: number, closeUp: TilePicture["closeUp"] = null) {
  const { images, lines, context } = paper();
  const tile = { neuron: 7, x: 0, y: 0, side, region: 0, sprite };
  drawTiles(context, { tiles: [tile], atlas, cell: 1, theme: LIGHT, selected: null, hovered: null, closeUp });
  return { images, lines };
}

const patch = (part: Partial<ClosePatch>): ClosePatch => ({
  bitmap: bitmap(200, 200),
  size: [200, 200],
  whole: false,
  field: null,
  map: null,
  ...part,
});

describe("a tile", () => {
  it("shows small patches as the pixels they are, larger ones smoothly", () => {
    expect(draw([0, 0, 32, 32], 300).images.map((one) => one.smooth)).toEqual([false]);
    expect(draw([0, 0, 64, 64], 300).images.map((one) => one.smooth)).toEqual([true]);
    // Made smaller, pixels that are left out would flicker.
    expect(draw([0, 0, 32, 32], 12).images.map((one) => one.smooth)).toEqual([true]);
  });

  it("never stretches a patch", () => {
    for (const sprite of [
      [0, 0, 64, 64],
      [0, 0, 64, 20],
      [0, 0, 10, 40],
    ] as [number, number, number, number][]) {
      const { images } = draw(sprite, 90);
      expect(images).toHaveLength(1);
      for (const { from, to } of images) {
        const [, , sw = 1, sh = 1] = from;
        const [, , w = 1, h = 1] = to;
        expect(w / h).toBeCloseTo(sw / sh, 1);
      }
    }
  });

  it("shows the image's own pixels in place of the sprite once they are there", () => {
    const large = patch({ bitmap: bitmap(384, 384), size: [384, 384] });
    const { images } = draw([0, 0, 64, 64], 300, () => ({ level: "one", patches: [large] }));
    expect(images.map((one) => one.source)).toEqual([large.bitmap]);
    const waiting = draw([0, 0, 64, 64], 300, () => ({ level: "one", patches: [patch({ bitmap: null })] }));
    expect(waiting.images.map((one) => one.source)).toEqual([atlas]);
  });

  it("shows nine images, whole ones with the receptive field over them", () => {
    const nine = Array.from({ length: 9 }, () => patch({}));
    const close = draw([0, 0, 64, 64], 300, () => ({ level: "nine", patches: nine }));
    expect(close.images.map((one) => one.source)).toEqual(nine.map((one) => one.bitmap));
    expect(new Set(close.images.map((one) => one.to.join())).size).toBe(9);
    expect(close.lines).toEqual([]);
    const whole = nine.map(() =>
      patch({ whole: true, field: { box: [0.1, 0.1, 0.5, 1], cut: [false, false, true, false] } }),
    );
    const { images, lines } = draw([0, 0, 64, 64], 300, () => ({ level: "nine", patches: whole }));
    expect(images).toHaveLength(9);
    // The side that the image cuts off is dashed.
    expect(lines.filter((line) => line === "dashed").length).toBe(9 * 2);
    expect(lines.filter((line) => line === "whole").length).toBeGreaterThan(9 * 2);
  });
});
