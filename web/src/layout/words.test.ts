import { describe, expect, it } from "vitest";
import {
  beyondOneLine,
  commonWords,
  counted,
  large,
  number,
  percent,
  shape,
  shortened,
  signed,
  titlesWithin,
  wordsWithin,
} from "./words.ts";

describe("words", () => {
  it("counts", () => {
    expect([counted(1, "neuron"), counted(26560, "neuron"), counted(2, "class", "classes")]).toEqual([
      "1 neuron",
      "26,560 neurons",
      "2 classes",
    ]);
  });

  it("writes shares, and a dash where there is none", () => {
    expect([percent(0.915, 2), percent(1, 0), percent(null)]).toEqual(["91.50 %", "100 %", "–"]);
  });

  it.each([
    [0, "0"],
    [0.00012, "1.2e-4"],
    [-0.0123, "−0.01"],
    [4.567, "4.57"],
    [-18.53, "−18.5"],
    [123.4, "123"],
    [12345.6, "12,346"],
    [null, "–"],
    [Number.NaN, "–"],
  ])("writes %s as %s", (value, words) => expect(number(value)).toBe(words));

  it("writes signs", () =>
    expect([signed(1), signed(-1), signed(0), signed(null)]).toEqual(["+1.00", "−1.00", "0", "–"]));

  it("writes sizes", () => {
    expect([shape([64, 8, 8]), shape([]), large(269722), large(25557032), large(812)]).toEqual([
      "64 × 8 × 8",
      "one value",
      "270 thousand",
      "25.6 million",
      "812",
    ]);
  });
});

const measure = (text: string): number => text.length;

describe("shortened", () => {
  it("cuts the middle to the width, as much as need be", () => {
    expect(shortened("red-breasted merganser", 30, measure)).toBe("red-breasted merganser");
    expect(shortened("red-breasted merganser", 13, measure)).toBe("red-br…ganser");
    expect(shortened("red-breasted merganser", 2, measure)).toBe("");
  });

  it("leaves as much as trying every length would", () => {
    for (let width = 4; width < 20; width++) {
      expect(measure(shortened("abcdefghijklmnopqrst", width, measure))).toBe(width);
    }
  });
});

describe("titlesWithin", () => {
  it("lets titles be that fit", () => {
    expect(titlesWithin(["cat, dog", "ship"], [10, 10], measure)).toEqual(["cat, dog", "ship"]);
  });

  it("leaves out first what titles share", () => {
    expect(commonWords(["leans to zebra", "leans to slot", "mixed"])).toBe("leans to ");
    expect(titlesWithin(["leans to zebra", "leans to slot", "mixed"], [8, 8, 8], measure)).toEqual([
      "…zebra",
      "…slot",
      "mixed",
    ]);
  });

  it("leaves out words that say nothing, without a mark", () => {
    const title = "images of level lines · bluish images";
    expect(titlesWithin([title, "images of arcs"], [20, 20], measure)).toEqual([
      "level lines · bluish",
      "images of arcs",
    ]);
    expect(titlesWithin([title, "images of arcs"], [14, 6], measure)).toEqual(["level lines ·…", "arcs"]);
    expect(titlesWithin([title], [40], measure)).toEqual([title]);
    expect(titlesWithin(["yellowish · images of upright lines"], [26], measure)).toEqual(["yellowish · upright lines"]);
  });

  it("cuts the end, or the middle where the ends tell them apart", () => {
    expect(titlesWithin(["horizontal edges", "blue"], [8, 8], measure)).toEqual(["horizon…", "blue"]);
    const names = ["the long name of class 1", "the-long name of class 2"];
    expect(titlesWithin(["longname-of-class-1", "longname-of-class-2"], [9, 9], measure)).toEqual([
      "long…ss-1",
      "long…ss-2",
    ]);
    expect(new Set(titlesWithin(names, [12, 12], measure)).size).toBe(2);
  });

  it("says of some of many classes that they are examples", () => {
    const titles = ["many, e.g. eel, loaf", "many, e.g. football helmet", "many, e.g. ibex"];
    expect(titlesWithin(titles, [15, 15, 15], measure)).toEqual([
      "e.g. eel, loaf",
      "e.g. football…",
      "many, e.g. ibex",
    ]);
  });

  it("keeps the class of those that look alike, and of those that lean to one", () => {
    expect(titlesWithin(["leans to zebra"], [9], measure)).toEqual(["…zebra"]);
    const cut = titlesWithin(["edges at the left · 0", "edges at the left · 4"], [12, 12], measure);
    expect(cut.every((title) => title.length <= 12)).toBe(true);
    expect(cut.map((title) => title.at(-1))).toEqual(["0", "4"]);
  });

  it("may be alike where the titles are", () => {
    expect(titlesWithin(["mixed things", "mixed things"], [6, 6], measure)).toEqual(["mixed…", "mixed…"]);
  });
});

describe("wordsWithin", () => {
  const measure = (text: string): number => text.length;
  it("cuts each word that is wider than a line, and shows that it did", () => {
    expect(wordsWithin("harvestman, spider", 7, measure)).toBe("harves… spider");
    expect(wordsWithin("black and gold", 7, measure)).toBe("black and gold");
  });

  it("leaves of a word at least its first letter", () => {
    expect(wordsWithin("daddy longlegs", 2, measure)).toBe("d… l…");
  });
});

describe("beyondOneLine", () => {
  const twoLined = (titles: readonly string[], room: number): boolean[] =>
    beyondOneLine(titles.map((title) => ({ title, room }))).map((over) => over > 0);

  it("is 0 for titles that one line holds", () => {
    expect(twoLined(["cat", "leans to zebra"], 90)).toEqual([false, false]);
  });

  it("is more for titles that fill a second line", () => {
    expect(twoLined(["leans to harvestman"], 90)).toEqual([true]);
  });

  it("is 0 for what is cut to less than a line where two do not hold it", () => {
    expect(twoLined(["many, for example 1", "many, for example 2"], 60)).toEqual([false, false]);
  });
});
