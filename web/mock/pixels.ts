import { seeded } from "./random.ts";

/** Pixels as red, green, blue, alpha bytes. */
export interface Pixels {
  width: number;
  height: number;
  data: Uint8ClampedArray<ArrayBuffer>;
}

export function blank(width: number, height: number): Pixels {
  return { width, height, data: new Uint8ClampedArray(new ArrayBuffer(width * height * 4)) };
}

type Colour = [number, number, number];

function colour(hue: number, saturation: number, lightness: number): Colour {
  const channel = (n: number): number => {
    const k = (n + hue / 30) % 12;
    return (
      255 * (lightness - saturation * Math.min(lightness, 1 - lightness) * Math.max(-1, Math.min(k - 3, 9 - k, 1)))
    );
  };
  return [channel(0), channel(8), channel(4)];
}

/** Whether the point (u, v in -1…1) lies in the figure that stands for this class. */
function inside(figure: number, u: number, v: number): boolean {
  switch (figure % 6) {
    case 0:
      return Math.hypot(u, v * 1.2) < 0.6;
    case 1:
      return Math.abs(u) < 0.75 && Math.abs(v + 0.1) < 0.32;
    case 2:
      return v < 0.5 && v > -0.7 + 1.9 * Math.abs(u) - 0.2;
    case 3:
      return Math.abs(u - v) < 0.22 || Math.abs(u + v) < 0.18;
    case 4:
      return Math.hypot(u, v) < 0.7 && Math.hypot(u - 0.2, v) > 0.32;
    default:
      return Math.abs(Math.sin(u * 5)) < 0.5 && Math.abs(v) < 0.65;
  }
}

/** One invented photograph: sky, ground and a figure whose shape and hue follow the class. */
export function picture(sample: number, label: number, width: number, height: number): Pixels {
  const random = seeded(sample * 31 + 7);
  const out = blank(width, height);
  const sky = colour((label * 47 + 190 + random() * 60) % 360, 0.25 + random() * 0.4, 0.55 + random() * 0.3);
  const ground = colour((label * 83 + 40 + random() * 90) % 360, 0.3, 0.25 + random() * 0.3);
  const body = colour((label * 37 + random() * 50) % 360, 0.35 + random() * 0.5, 0.25 + random() * 0.4);
  const horizon = 0.45 + random() * 0.35;
  const [cx, cy, size] = [0.35 + random() * 0.3, 0.4 + random() * 0.25, 0.55 + random() * 0.5];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [u, v] = [x / width, y / height];
      const figure = inside(label, (u - cx) / (size / 2), (v - cy) / (size / 2));
      const base = figure ? body : v < horizon ? sky : ground;
      const shade = (figure ? 1.15 - 0.5 * (v - cy + 0.3) : 1 - 0.25 * v) + (random() - 0.5) * 0.12;
      const at = (y * width + x) * 4;
      for (let c = 0; c < 3; c++) out.data[at + c] = (base[c] ?? 0) * shade;
      out.data[at + 3] = 255;
    }
  }
  return out;
}

/** Copy a box of one picture into another, nearest pixel. */
export function stamp(target: Pixels, at: [number, number, number, number], source: Pixels, box: number[]): void {
  const [left = 0, top = 0, right = source.width, bottom = source.height] = box;
  const [x0, y0, width, height] = at;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const sx = Math.min(source.width - 1, Math.floor(left + ((x + 0.5) / width) * (right - left)));
      const sy = Math.min(source.height - 1, Math.floor(top + ((y + 0.5) / height) * (bottom - top)));
      const from = (sy * source.width + sx) * 4;
      target.data.set(source.data.subarray(from, from + 4), ((y0 + y) * target.width + x0 + x) * 4);
    }
  }
}
