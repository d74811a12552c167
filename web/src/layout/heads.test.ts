import { describe, expect, it } from "vitest";
import { factsWithin, headPlaces, headWords, spanPlaces } from "./heads.ts";
import type { PlacedColumn, PlacedSpan } from "./stage.ts";

const measure = (text: string): number => 7 * text.length;
const column = (x: number, width: number) => ({ x, width }) as PlacedColumn;
const rooms = (...widths: number[]) => widths.map((width) => ({ width, signs: 2 }));
const titles = (words: readonly { title: string }[]): string[] => words.map((one) => one.title);

describe("headPlaces", () => {
  const columns = [column(20, 100), column(220, 100), column(420, 100)];

  it("reach to the next column, the last to the edge", () => {
    const places = headPlaces(columns, { k: 1, x: 0, y: 0 }, 600);
    expect(places).toEqual([
      { x: 20, width: 192 },
      { x: 220, width: 192 },
      { x: 420, width: 180 },
    ]);
  });

  it("stay in sight while a part of the column is", () => {
    const [first, second] = headPlaces(columns, { k: 2, x: -150, y: 0 }, 600);
    expect(first?.x).toBe(8);
    expect(second?.x).toBe(290);
    expect(headPlaces(columns, { k: 2, x: -300, y: 0 }, 600)[0]).toBeNull();
  });
});

it("puts the names of opened groups over what is seen of their columns", () => {
  const span = { span: { id: "g" }, x: 100, width: 400 } as PlacedSpan;
  expect(spanPlaces([span], { k: 1, x: -200, y: 0 }, 250)).toEqual([{ x: 8, width: 292 }]);
  expect(spanPlaces([span], { k: 1, x: 300, y: 0 }, 250)).toEqual([null]);
});

describe("headWords", () => {
  const names = ["features.0", "features.3-5", "classifier"];

  it("are the titles where there is room, with the signs that fit", () => {
    const words = headWords(names, rooms(200, 130, 90), measure);
    expect(titles(words)).toEqual(names);
    expect(words.map((one) => one.signs)).toEqual([2, 1, 0]);
  });

  it("leave out what all begin with alike", () => {
    expect(titles(headWords(names, rooms(75, 75, 75), measure))).toEqual(["…0", "…3-5", "classifier"]);
  });

  it("do so only for the sake of what is seen", () => {
    expect(titles(headWords(names, rooms(100, 0, 100), measure))[0]).toBe("features.0");
  });

  it("are never alike: rather nothing", () => {
    const long = ["stage.alpha-block-one", "stage.alpha-block-two", "head"];
    const cut = titles(headWords(long, rooms(50, 50, 50), measure));
    expect(cut[2]).toBe("head");
    expect(cut.filter((text) => text !== "").length).toBe(new Set(cut.filter((text) => text !== "")).size);
    const words = titles(headWords(["abcdefgh-x-abcdefgh", "abcdefgh-y-abcdefgh"], rooms(40, 40), measure));
    expect(words).toEqual(["", ""]);
  });

  it("keep a sign beside a title that is cut anyway", () => {
    const [first] = headWords(["a very long title of a layer", "b"], rooms(120, 120), measure);
    expect(first?.signs).toBe(1);
    expect(measure(first?.title ?? "")).toBeLessThanOrEqual(120 - 34);
  });
});

it("tells as many facts as there is room for", () => {
  const detail = "6 conv · 64 neurons · 8 × 8";
  expect([300, 150, 80, 10].map((width) => factsWithin(detail, width, measure))).toEqual([
    detail,
    "6 conv · 64 neurons",
    "64 neurons",
    "",
  ]);
});
