import { describe, expect, it } from "vitest";
import { rangesOf, readRanges } from "./ranges.ts";

describe("ranges", () => {
  it.each([
    [[], ""],
    [[5], "5"],
    [[7, 1, 2, 3], "1-3,7"],
    [[3, 3, 4], "3-4"],
    [[0, 2, 4], "0,2,4"],
  ])("%j is written as %s and comes back", (numbers, text) => {
    expect(rangesOf(numbers)).toBe(text);
    expect(readRanges(text)).toEqual([...new Set(numbers)].sort((a, b) => a - b));
  });

  it("leaves out what it does not understand", () => {
    expect(readRanges("1,x,-3,5-4,2-3,")).toEqual([1, 2, 3]);
    expect(readRanges(null)).toEqual([]);
  });

  it("does not fill the memory for a link", () => {
    expect(readRanges("0-9999999").length).toBeLessThanOrEqual(100_000);
  });
});
