import { describe, expect, it } from "vitest";
import { closeLevel, inArea, needsImage, ninthAt, ninths, sizesFor } from "./closeUp.ts";

describe("closeLevel", () => {
  it("goes from one patch to nine to whole images, for all tiles of a cluster at once", () => {
    expect([[20], [119], [120], [259], [260], [900]].map(closeLevel)).toEqual([
      "one",
      "one",
      "nine",
      "nine",
      "whole",
      "whole",
    ]);
    expect(closeLevel([60, 130, 300])).toBe("nine");
    expect(closeLevel([])).toBe("one");
  });
});

it("asks for the image once a sprite that was made smaller is drawn larger than it is", () => {
  expect(needsImage([0, 0, 64, 48], 79)).toBe(false);
  expect(needsImage([0, 0, 64, 48], 81)).toBe(true);
  // Smaller ones hold every pixel that there is.
  expect(needsImage([0, 0, 32, 32], 500)).toBe(false);
  expect(needsImage(null, 500)).toBe(false);
});

it("asks for as many pixels as are drawn, in few steps, and knows what may do until they come", () => {
  expect([20, 96, 130, 460].map((pixels) => sizesFor(pixels)[0])).toEqual([96, 96, 192, 384]);
  expect(sizesFor(460)).toEqual([384, 192, 96]);
  expect(sizesFor(9000)[0]).toBe(1536);
  for (const pixels of [30, 100, 150, 300, 700, 1300])
    expect(1.25 * (sizesFor(pixels)[0] ?? 0)).toBeGreaterThanOrEqual(pixels);
});

it("finds the image under the pointer", () => {
  const found = [0.1, 0.5, 0.9].flatMap((v) => [0.1, 0.5, 0.9].map((u) => ninthAt(u, v)));
  expect(found).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  expect([ninthAt(-0.1, 0), ninthAt(1, 1)]).toEqual([0, 8]);
});

describe("ninths", () => {
  it.each([9, 84, 100, 211])("cover a square of %i without overlap", (side) => {
    const places = ninths(5, 7, side);
    expect(places).toHaveLength(9);
    for (const [x, y, length] of places) {
      expect(x >= 5 && y >= 7 && x + length <= 5 + side && y + length <= 7 + side).toBe(true);
    }
    const boxes = places.map(([x, y, length]) => ({ x, y, length }));
    boxes.forEach((a, i) => {
      for (const b of boxes.slice(i + 1)) {
        const apart = a.x + a.length <= b.x || b.x + b.length <= a.x || a.y + a.length <= b.y || b.y + b.length <= a.y;
        expect(apart).toBe(true);
      }
    });
  });
});

describe("inArea", () => {
  const squares = Array.from({ length: 25 }, (_, neuron) => ({
    neuron,
    x: (neuron % 5) * 10,
    y: Math.floor(neuron / 5) * 10,
    side: 10,
  }));

  it("finds what is seen, the middle first", () => {
    const found = inArea(squares, { left: 11, top: 11, right: 39, bottom: 39 });
    expect(found.map((one) => one.neuron).sort((a, b) => a - b)).toEqual([6, 7, 8, 11, 12, 13, 16, 17, 18]);
    expect(found[0]?.neuron).toBe(12);
  });

  it("leaves out what only touches", () => {
    expect(inArea(squares, { left: 10, top: 10, right: 20, bottom: 20 }).map((one) => one.neuron)).toEqual([6]);
  });
});
