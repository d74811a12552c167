import { describe, expect, it } from "vitest";
import { counted, large, number, percent, shape, signed } from "./words.ts";

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
