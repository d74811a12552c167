import { describe, expect, it } from "vitest";
import { LIGHT } from "../theme/theme.ts";
import { drawBetween, type FacetShape } from "./facetShape.ts";

/** A canvas that only writes down what is drawn where. */
function paper() {
  const drawn: { box: number[]; alpha: number }[] = [];
  const pen = {
    canvas: { width: 100, height: 100 },
    globalAlpha: 1,
    drawImage: (...all: unknown[]) => drawn.push({ box: all.slice(-4) as number[], alpha: pen.globalAlpha }),
    strokeRect: () => {},
    fillRect: () => {},
  };
  return { drawn, context: pen as unknown as CanvasRenderingContext2D };
}

const atlas = {} as CanvasImageSource;
const tiles = (key: string, places: [number, number, number][]): FacetShape => ({
  kind: "tiles",
  key,
  picture: {
    tiles: places.map(([x, y, side], neuron) => ({ neuron, x, y, side, region: 0, sprite: [0, 0, 8, 8] as const })),
    atlas,
    cell: 1,
    theme: LIGHT,
    selected: null,
    hovered: null,
  },
});

describe("drawBetween", () => {
  const from = tiles("a", [
    [0, 0, 20],
    [20, 0, 20],
  ]);
  const to = tiles("b", [
    [40, 40, 40],
    [0, 60, 20],
  ]);

  it("takes every neuron from its old place to its new one", () => {
    const sides = [0, 0.5, 1].map((share) => {
      const { drawn, context } = paper();
      drawBetween(context, [from, to], share, { x: 0, y: 0 });
      // Both shapes of the first neuron lie in the same box.
      expect(drawn[0]?.box).toEqual(drawn[1]?.box);
      return drawn[0]?.box as number[];
    });
    const [start, middle, end] = sides as [number[], number[], number[]];
    middle.forEach((value, i) => {
      expect(Math.abs(value - ((start[i] as number) + (end[i] as number)) / 2)).toBeLessThanOrEqual(1);
    });
    expect(start[0]).toBeLessThan(5);
    expect(end[0]).toBeGreaterThan(38);
  });

  it("fades one shape out as the other comes, and leaves the pen as it was", () => {
    const { drawn, context } = paper();
    drawBetween(context, [from, to], 0.25, { x: 0, y: 0 });
    expect(drawn.map((one) => one.alpha)).toEqual([0.75, 0.25, 0.75, 0.25]);
    expect(context.globalAlpha).toBe(1);
  });

  it("shows a neuron that was not there before at its new place", () => {
    const { drawn, context } = paper();
    drawBetween(context, [tiles("a", []), to], 0.5, { x: 0, y: 0 });
    expect(drawn.map((one) => one.alpha)).toEqual([0.5, 0.5]);
    expect(drawn[0]?.box[0]).toBeGreaterThan(38);
  });
});
