import { describe, expect, it } from "vitest";
import { all, readXml, wordsOf } from "../../../marks/svg/testing.ts";
import { LIGHT } from "../../../theme/theme.ts";
import { cardSvg, classSvg, type SavedCard, type SavedClass, twoLines } from "./cards.ts";
import { PAPER } from "./testing.ts";

const measure = (text: string): number => text.length;

describe("twoLines", () => {
  it.each([
    ["ship", 10, ["ship"]],
    ["images of level lines", 12, ["images of", "level lines"]],
    ["images of level lines and edges", 12, ["images of", "level…edges"]],
    ["unbreakable-name of a class", 8, ["unbr…ame", "of a…ass"]],
  ])("%s in %i", (title, width, lines) => {
    expect(twoLines(title, width, measure)).toEqual(lines);
    for (const one of lines) expect(one.length).toBeLessThanOrEqual(width);
  });
});

const CARD: SavedCard = {
  layer: "layer1",
  card: { id: "a", y: 10, height: 80 },
  x: 100,
  width: 200,
  parts: { x: 3, y: 15, width: 194, height: 62, words: 1, lines: 1, head: 15 },
  title: "cat, dog",
  neurons: 12,
  note: "",
  bars: [],
  marked: [],
  locked: false,
  noted: false,
  selected: false,
  opacity: 1,
  draw: function* () {
    yield;
    return "";
  },
};
const read = (part: Partial<SavedCard>) => readXml(cardSvg({ ...CARD, ...part }, "", PAPER));

describe("a card", () => {
  it("has its title, its number of neurons, and signs of locks and notes", () => {
    expect(all(read({}), "text").map(wordsOf)).toEqual(["12", "cat, dog"]);
    expect(all(read({}), "path")).toHaveLength(0);
    expect(all(read({ locked: true, noted: true }), "path")).toHaveLength(2);
    expect(all(read({ note: "no labels" }), "text").map(wordsOf)).toContain("no labels");
  });

  it("has a bar for each class, up or down from 0", () => {
    const bars = [0.5, -0.5, null].map((value, index) => ({ x: 12 * index, width: 10, value, index, classes: 1 }));
    const rects = all(read({ bars, marked: [1] }), "rect").map((one) => one.attributes.fill);
    const { positive, negative, line, accentSoft } = LIGHT.colour;
    expect(rects.slice(2)).toEqual([positive, accentSoft, negative, line, LIGHT.colour.lineStrong]);
  });

  it("is outlined when it is selected, paler when it is far", () => {
    expect(all(read({ selected: true }), "rect")[1]?.attributes.stroke).toBe(LIGHT.colour.accent);
    expect(read({ opacity: 0.4 }).attributes.opacity).toBe("0.4");
    expect(read({}).attributes.opacity).toBeUndefined();
  });
});

describe("a class", () => {
  const facts = { index: 3, name: "cat", recall: 0.5, images: 10 } as SavedClass["facts"];
  const one: SavedClass = {
    facts,
    card: { y: 0, height: 40 },
    x: 0,
    width: 108,
    selected: false,
    marked: false,
    opacity: 1,
  };
  const widths = (part: Partial<SavedClass>): string[] =>
    all(readXml(classSvg({ ...one, ...part }, PAPER)), "rect").map((rect) => rect.attributes.width ?? "");

  it("says which share is right, and shows it", () => {
    expect(all(readXml(classSvg(one, PAPER)), "text").map(wordsOf)).toEqual(["cat", "50 %"]);
    expect(widths({}).slice(-2)).toEqual(["92", "46"]);
  });

  it("says nothing of a class without images", () => {
    const none = { ...facts, images: 0, recall: null };
    expect(all(readXml(classSvg({ ...one, facts: none }, PAPER)), "text").map(wordsOf)).toEqual(["cat"]);
    expect(widths({ facts: none })).not.toContain("92");
  });

  it("counts the images of a class where none is right or wrong, and draws no bar", () => {
    const counted = { ...facts, images: 512, recall: null };
    expect(all(readXml(classSvg({ ...one, facts: counted }, PAPER)), "text").map(wordsOf)).toEqual(["cat", "512"]);
    expect(widths({ facts: counted })).not.toContain("92");
  });

  it("has no card of its own where there is little room, but a ground when it is selected", () => {
    expect(widths({ card: { y: 0, height: 20 } })).toHaveLength(2);
    expect(widths({ card: { y: 0, height: 20 }, selected: true })).toHaveLength(3);
  });
});
