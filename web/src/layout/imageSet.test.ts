import { describe, expect, it } from "vitest";
import type { ClassFacts, ImageSetScene, SetImage } from "../api/types.ts";
import { imagesOf } from "../state/imageChoice.ts";
import { between, classWords, imageWords, isGroup, isWrong, setWords, wayTo } from "./imageSet.ts";

const classes = ["cat", "dog", "owl", "fox", "bee"].map((name, index) => ({ index, name })) as ClassFacts[];
const scene = (change: Partial<ImageSetScene>): ImageSetScene =>
  ({ images: 4, of: 10, labelled: 4, right: 3, mistakes: [], predictions: [], ...change }) as ImageSetScene;

describe("words of a set of images", () => {
  it.each([
    [{}, "4 of 10 probe images, 3 (75 %) answered right."],
    [{ right: 4 }, "4 of 10 probe images, all answered right."],
    [{ right: 0 }, "4 of 10 probe images, none answered right."],
    [{ labelled: 0, right: 0 }, "4 of 10 probe images."],
    [{ images: 10, labelled: 10, right: 9 }, "All 10 probe images, 9 (90 %) answered right."],
    [{ images: 0, labelled: 0, right: 0 }, "0 of 10 probe images."],
  ])("%j is %s", (change, words) => expect(setWords(scene(change))).toBe(words));

  it("names the commonest classes", () => {
    const counts = [3, 1, 0, 2].map((label, place) => ({ label, images: 9 - place }));
    expect(classWords(classes, counts.slice(0, 2))).toBe("fox 9, dog 8");
    expect(classWords(classes, counts)).toBe("fox 9, dog 8, cat 7 and 1 more class");
    expect(classWords(classes, counts, 1)).toBe("fox 9 and 3 more classes");
  });

  it("asks for the way to the commonest wrong answer", () => {
    expect(wayTo(scene({}))).toBeNull();
    expect(wayTo(scene({ predictions: [{ label: 2, images: 4 }] }))).toBe(2);
    expect(wayTo(scene({ predictions: [{ label: 2, images: 4 }], mistakes: [{ label: 1, images: 1 }] }))).toBe(1);
  });
});

describe("one image", () => {
  it.each([
    [{ sample: 7, label: 0, predicted: 1 }, "image 7: cat, answered as dog", true],
    [{ sample: 7, label: 0, predicted: 0 }, "image 7: cat, answered right", false],
    [{ sample: 7, label: null, predicted: 9 }, "image 7: answered as output 9", false],
    [{ sample: 7, label: 0, predicted: null }, "image 7: cat", false],
    [{ sample: 7 }, "image 7", false],
  ])("%j is %s", (image, words, wrong) => {
    expect(imageWords(classes, image as SetImage)).toBe(words);
    expect(isWrong(image as SetImage)).toBe(wrong);
  });

  it("is ticked with all between it and another", () => {
    const members = [5, 2, 9, 4].map((sample) => ({ sample }) as SetImage);
    expect(between(members, 2, 4)).toEqual([2, 9, 4]);
    expect(between(members, 9, 5)).toEqual([5, 2, 9]);
    expect(between(members, 9, 9)).toEqual([9]);
    expect(between(members, null, 9)).toEqual([9]);
    expect(between(members, 77, 9)).toEqual([9]);
  });
});

it("bears a group's name only where it is the whole group", () => {
  expect(isGroup(imagesOf({ group: "g1" }))).toBe(true);
  expect(isGroup(imagesOf({ group: "g1", wrong: true }))).toBe(false);
  expect(isGroup(imagesOf({}))).toBe(false);
});
