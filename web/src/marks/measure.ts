import type { Measure } from "../layout/words.ts";

const known = new Map<string, number>();
let context: OffscreenCanvasRenderingContext2D | null = null;

let family = "";

/** The page's letters, for canvases; the same in every theme, so that the page is asked once. */
export function fontFamily(): string {
  family ||= getComputedStyle(document.documentElement).getPropertyValue("--font").trim();
  return family || "sans-serif";
}

/** Measures words in the page's letters, at a size in pixels and a weight. */
export function measureOf(size: number, weight = 400): Measure {
  const font = `${weight} ${size}px ${fontFamily()}`;
  return (text) => {
    const key = `${font}\n${text}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    context ??= new OffscreenCanvas(1, 1).getContext("2d");
    if (!context) return text.length * size * 0.6;
    context.font = font;
    const { width } = context.measureText(text);
    known.set(key, width);
    return width;
  };
}
