import type { Theme } from "./theme.ts";

/** One ramp for amounts, one for values around 0. */
export type RampKind = "amount" | "signed";

/**
 * Colours from the low end to the high one.
 *
 * The lightness of an amount runs one way only, so that it reads the same in print and for every kind of colour sight:
 * darker on a light page, lighter on a dark one. Signed values leave a ground-coloured middle in both directions, to
 * blue and to orange, which stay apart for red-green blindness.
 */
const STOPS: Readonly<Record<Theme["name"], Readonly<Record<RampKind, readonly string[]>>>> = {
  light: {
    amount: ["#ebf6f5", "#bae1e1", "#8ccad0", "#62b1bf", "#3d97ae", "#1e7d9a", "#056284", "#01486b", "#05304e"],
    signed: ["#9a2c0f", "#c1592f", "#de8a5f", "#f0be9f", "#f3f3f2", "#9ed0e1", "#57a8c7", "#167ea5", "#00547b"],
  },
  dark: {
    amount: ["#23282d", "#264051", "#265a71", "#26758d", "#2f91a6", "#47adbb", "#69c8cd", "#92e2df", "#c0fbf2"],
    signed: ["#ffc78b", "#e8904f", "#b56231", "#76402b", "#2a2a2b", "#28596d", "#2b8ba5", "#50bed3", "#92f0fa"],
  },
};

export const rampStops = (theme: Theme, kind: RampKind): readonly string[] => STOPS[theme.name][kind];

/** A ramp from left to right, for a scale bar. */
export const rampGradient = (theme: Theme, kind: RampKind): string =>
  `linear-gradient(90deg, ${rampStops(theme, kind).join(", ")})`;

type Rgb = [number, number, number];

export function rgbOf(colour: string): Rgb {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16)) as Rgb;
}

/** A pixel's four bytes as one number, as ImageData keeps them on every machine a browser runs on. */
const pixelOf = ([r, g, b]: Rgb): number => ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;

const STEPS = 256;

/** Colours between the stops, by share 0 to 1. */
function colourAt(stops: readonly string[], share: number): Rgb {
  const place = share * (stops.length - 1);
  const at = Math.min(stops.length - 2, Math.floor(place));
  const [from, to] = [rgbOf(stops[at] as string), rgbOf(stops[at + 1] as string)];
  return from.map((value, i) => Math.round(value + ((to[i] as number) - value) * (place - at))) as Rgb;
}

/** A ramp's colour at a share 0 to 1, for what is not drawn pixel by pixel. */
export function rampColour(theme: Theme, kind: RampKind, share: number): string {
  const rgb = colourAt(rampStops(theme, kind), Math.min(1, Math.max(0, share)));
  return `#${rgb.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

const known = new Map<string, Uint32Array>();

/** A ramp as the pixels of its 256 steps. */
export function rampPixels(theme: Theme, kind: RampKind): Uint32Array {
  const key = `${theme.name}-${kind}`;
  const before = known.get(key);
  if (before) return before;
  const stops = rampStops(theme, kind);
  const made = Uint32Array.from({ length: STEPS }, (_, step) => pixelOf(colourAt(stops, step / (STEPS - 1))));
  known.set(key, made);
  return made;
}

/** The pixel of a cell without images. */
export const nonePixel = (theme: Theme): number => pixelOf(rgbOf(theme.colour.lineStrong));
