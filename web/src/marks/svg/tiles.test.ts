import { describe, expect, it } from "vitest";
import type { Tile } from "../../layout/packing.ts";
import { DARK } from "../../theme/theme.ts";
import { atOnce } from "../sliced.ts";
import { all, edgesOf, readXml, wordsOf } from "./testing.ts";
import { type SvgTiles, tilesSvg } from "./tiles.ts";

const tile = (neuron: number, sprite: Tile["sprite"], side = 30): Tile => ({
  neuron,
  x: 31 * neuron,
  y: 0,
  side,
  region: 0,
  sprite,
});
const draw = (part: Partial<SvgTiles>) =>
  readXml(
    `<g>${atOnce(tilesSvg({ tiles: [], more: null, theme: DARK, selected: null, patch: (box) => `data:${box}`, ...part }))}</g>`,
  );

describe("tiles", () => {
  it("show each patch whole in its square, small ones as the pixels they are", () => {
    const made = draw({ tiles: [tile(0, [0, 0, 16, 16]), tile(1, [16, 0, 96, 96])] });
    const images = all(made, "image").map((one) => one.attributes);
    expect(images.map((one) => one["xlink:href"])).toEqual(["data:0,0,16,16", "data:16,0,96,96"]);
    expect(images.map((one) => one["image-rendering"])).toEqual(["pixelated", undefined]);
    for (const { left, right, bottom } of edgesOf(made)) {
      expect(right - left).toBeLessThanOrEqual(30);
      expect(bottom).toBeLessThanOrEqual(30);
    }
  });

  it("do not stretch a patch of another shape: it lies on a quiet ground", () => {
    const drawn = draw({ tiles: [tile(0, [0, 0, 20, 40])] });
    const [patch, ...others] = edgesOf(drawn).filter((one) => one.node.name === "image");
    expect(others).toEqual([]);
    expect(all(drawn, "rect")[0]?.attributes.fill).toBe(DARK.colour.hover);
    // Never less than two thirds of its length.
    expect(patch?.node.attributes["xlink:href"]).toBe(`data:0,${(40 - 80 / 3) / 2},20,${80 / 3}`);
    const ratio = ((patch?.right ?? 0) - (patch?.left ?? 0)) / ((patch?.bottom ?? 0) - (patch?.top ?? 1));
    expect(ratio).toBeCloseTo(0.75, 2);
  });

  it("are hatched where a neuron never fires, plain where the patch has not come, and say how many there are more", () => {
    const more = { x: 62, y: 0, side: 30, count: 255 };
    const made = draw({ tiles: [tile(0, null), tile(1, [0, 0, 8, 8])], more, patch: () => null });
    expect(all(made, "image")).toHaveLength(0);
    expect(all(made, "path")).toHaveLength(1);
    expect(all(made, "text").map(wordsOf)).toEqual(["+255"]);
  });

  it("mark what is selected or picked, and dim the rest", () => {
    const tiles = [0, 1, 2].map((neuron) => tile(neuron, [0, 0, 8, 8]));
    const framed = (made: ReturnType<typeof draw>): number =>
      all(made, "rect").filter((one) => one.attributes.stroke === DARK.colour.accent).length;
    const dimmed = (made: ReturnType<typeof draw>): number =>
      all(made, "g").filter((one) => one.attributes.opacity === "0.3").length;
    const [selected, picked] = [draw({ tiles, selected: 1 }), draw({ tiles, lit: [0, 2] })];
    expect([framed(selected), dimmed(selected)]).toEqual([1, 0]);
    expect([framed(picked), dimmed(picked)]).toEqual([2, 1]);
  });
});
