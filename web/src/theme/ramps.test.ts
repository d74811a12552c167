import { describe, expect, it } from "vitest";
import { rampColour, rampGradient, rampPixels, rampStops } from "./ramps.ts";
import { DARK, LIGHT, type Theme } from "./theme.ts";

type Rgb = [number, number, number];

const bytes = (pixel: number): Rgb => [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255];
const linear = ([r, g, b]: Rgb): Rgb =>
  [r, g, b].map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
const luminance = ([r, g, b]: Rgb): number => 0.2126 * r + 0.7152 * g + 0.0722 * b;
const lightness = (rgb: Rgb): number => 116 * Math.cbrt(Math.max(1e-4, luminance(rgb))) - 16;

/** Machado, Oliveira and Fernandes (2009), full severity, on linear light. */
const SIGHT: Record<string, number[][]> = {
  usual: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

const seenBy = (sight: string, rgb: Rgb): Rgb =>
  (SIGHT[sight] ?? []).map((row) =>
    Math.max(
      0,
      row.reduce((sum, factor, i) => sum + factor * (linear(rgb)[i] as number), 0),
    ),
  ) as Rgb;

const steps = (theme: Theme, kind: "amount" | "signed", sight: string): number[] =>
  [...rampPixels(theme, kind)].map((pixel) => lightness(seenBy(sight, bytes(pixel))));

/** Rounding to bytes may take back a fraction of a step, never a visible one. */
const runsOneWay = (values: number[], direction: 1 | -1): boolean =>
  values.every((value, i) => i === 0 || direction * (value - (values[i - 1] as number)) > -0.15);

describe.each([LIGHT, DARK])("$name", (theme) => {
  const away = theme.name === "light" ? -1 : 1;

  it.each(Object.keys(SIGHT))("amounts run one way in lightness (%s)", (sight) => {
    const values = steps(theme, "amount", sight);
    expect(runsOneWay(values, away)).toBe(true);
    expect(Math.abs((values.at(-1) as number) - (values[0] as number))).toBeGreaterThan(55);
  });

  it.each(Object.keys(SIGHT))("signed values run from the middle to both ends (%s)", (sight) => {
    const values = steps(theme, "signed", sight);
    expect(runsOneWay(values.slice(128), away)).toBe(true);
    expect(runsOneWay(values.slice(0, 128).reverse(), away)).toBe(true);
    expect(Math.abs((values[0] as number) - (values[128] as number))).toBeGreaterThan(35);
  });

  it.each(["usual", "protan", "deutan"])("the two signs stay apart (%s)", (sight) => {
    const pixels = rampPixels(theme, "signed");
    for (const step of [0, 32, 64]) {
      const [less, more] = [pixels[step] as number, pixels[255 - step] as number].map((pixel) =>
        seenBy(sight, bytes(pixel)),
      ) as [Rgb, Rgb];
      // Blue against yellow: what red-green blindness leaves.
      const tint = ([r, g, b]: Rgb): number => Math.cbrt(Math.max(0, b)) - Math.cbrt((r + g) / 2);
      expect(tint(more) - tint(less)).toBeGreaterThan(0.15);
    }
  });

  it("has 256 opaque steps between its stops", () => {
    for (const kind of ["amount", "signed"] as const) {
      const pixels = rampPixels(theme, kind);
      expect(pixels).toHaveLength(256);
      expect([...pixels].every((pixel) => pixel >>> 24 === 255)).toBe(true);
      const [first = ""] = rampStops(theme, kind);
      expect(bytes(pixels[0] as number)).toEqual([1, 3, 5].map((at) => Number.parseInt(first.slice(at, at + 2), 16)));
      expect(rampGradient(theme, kind)).toContain(first);
      expect(rampColour(theme, kind, -1)).toBe(first);
      expect(rampColour(theme, kind, 1)).toBe(rampStops(theme, kind).at(-1));
      expect(rampPixels(theme, kind)).toBe(pixels);
    }
  });
});
