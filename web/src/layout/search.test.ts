import { expect, it } from "vitest";
import { largestFitting } from "./search.ts";

it("finds the last of a run that fits, as going through it would", () => {
  for (let last = -1; last <= 9; last++) {
    const fits = (value: number): boolean => value <= last;
    const slow =
      Array.from({ length: 10 }, (_, value) => value)
        .filter(fits)
        .at(-1) ?? null;
    expect(largestFitting(0, 9, fits)).toBe(slow);
  }
  expect(largestFitting(3, 2, () => true)).toBeNull();
});
