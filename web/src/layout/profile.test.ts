import { describe, expect, it } from "vitest";
import { largest, profileBars, strongest } from "./profile.ts";

describe("profileBars", () => {
  it("is one bar per class in the scene's order", () => {
    const bars = profileBars([1, -2, null], [2, 0, 1], 90, 2);
    expect(bars.map((bar) => bar.index)).toEqual([2, 0, 1]);
    expect(bars.map((bar) => bar.value)).toEqual([null, 0.5, -1]);
    expect(bars.map((bar) => bar.x)).toEqual([0, 30, 60]);
  });

  it("joins neighbouring classes where bars would be too thin, and shows the strongest", () => {
    const profile = Array.from({ length: 1000 }, (_, index) => (index === 503 ? -3 : 0.1));
    const bars = profileBars(
      profile,
      profile.map((_, index) => index),
      100,
      3,
    );
    expect(bars.length).toBe(40);
    expect(bars.reduce((sum, bar) => sum + bar.classes, 0)).toBe(1000);
    expect(bars.find((bar) => bar.value === -1)?.index).toBe(503);
  });

  it("has no height where everything is 0", () => {
    expect(profileBars([0, 0], [0, 1], 50, 0).map((bar) => bar.value)).toEqual([0, 0]);
  });
});

it("finds the largest distance from 0", () =>
  expect(
    largest([
      [1, null],
      [-3, 2],
    ]),
  ).toBe(3));

it("ranks classes, ties by index", () => expect(strongest([1, null, 5, 1], 3)).toEqual([2, 0, 3]));
