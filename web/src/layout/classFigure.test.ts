import { expect, test } from "vitest";
import { classFigure, hasClasses } from "./classFigure.ts";

test("a class says which share of its images is right", () => {
  expect(classFigure({ images: 500, recall: 0.926 })).toEqual({
    value: "93 %",
    share: 0.926,
    words: "93 % of 500 images right",
  });
});

test("without labels it says how many images it has, and draws no bar", () => {
  expect(classFigure({ images: 1500, recall: null })).toEqual({ value: "1,500", share: null, words: "1,500 images" });
  expect(classFigure({ images: 1, recall: null }).words).toBe("1 image");
});

test("classes come from labels, or from predictions where there are none", () => {
  expect(hasClasses({ labelled: true, by_prediction: false })).toBe(true);
  expect(hasClasses({ labelled: false, by_prediction: true })).toBe(true);
  expect(hasClasses({ labelled: false, by_prediction: false })).toBe(false);
});

test("a class without images has no figure", () => {
  expect(classFigure({ images: 0, recall: null })).toEqual({ value: "", share: null, words: "no images" });
});
