import { describe, expect, it } from "vitest";
import { DARK, LIGHT, type Theme, themeOf } from "./theme.ts";

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

describe.each([LIGHT, DARK])("$name", ({ colour }: Theme) => {
  it.each(["text", "muted", "accent", "error", "warning"] as const)("%s can be read on cards and stage", (name) => {
    expect(contrast(colour[name], colour.surface)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(colour[name], colour.stage)).toBeGreaterThanOrEqual(4.5);
  });

  it("has words that can be read on their ground", () => {
    expect(contrast(colour.onAccent, colour.accent)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(colour.accent, colour.accentSoft)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(colour.warning, colour.warningSoft)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(colour.muted, colour.hover)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(["positive", "negative", "curve1", "curve2", "curve3", "curve4"] as const)(
    "%s can be seen on cards",
    (name) => {
      expect(contrast(colour[name], colour.surface)).toBeGreaterThanOrEqual(3);
    },
  );
});

it("follows the system unless the user chose", () => {
  expect([themeOf("auto", true), themeOf("auto", false), themeOf("light", true), themeOf("dark", false)]).toEqual([
    DARK,
    LIGHT,
    LIGHT,
    DARK,
  ]);
});
