import { expect, it } from "vitest";
import { secondsOf, suggestedImages, timeWords } from "./estimate.ts";

const CHOICES = [20, 50, 100, 200];

it("takes each image as often through the network as there are passes", () => {
  expect(secondsOf(50, 30, 0.01)).toBeCloseTo(15);
  expect(secondsOf(50, null, 0.01)).toBeNull();
  expect(secondsOf(50, 30, null)).toBeNull();
});

it("suggests what takes no longer than a minute, within reason", () => {
  expect(suggestedImages(CHOICES, 30, 0.01)).toBe(100);
  expect(suggestedImages(CHOICES, 30, 0.03)).toBe(50);
  expect(suggestedImages(CHOICES, 1000, 1)).toBe(20);
  expect(suggestedImages(CHOICES, null, null)).toBe(50);
});

it("says times as people do", () => {
  expect([0.2, 89, 200, 7300].map(timeWords)).toEqual(["1 s", "89 s", "3 min", "2 h 02 min"]);
  expect(timeWords(null)).toBe("");
});
