import { expect, it } from "vitest";
import { type Kept, keep, NOTHING_KEPT } from "./kept.ts";

/** What is kept after a way: per rest the columns near, and the scale. */
const after = (...way: [string, number][]): Kept =>
  way.reduce((kept, [near, scale]) => keep(kept, near.split(""), scale), NOTHING_KEPT);

it("keeps the columns that were near, the last ones first", () => {
  expect(after(["ab", 1], ["bc", 1], ["d", 0.3]).keys).toEqual(["d", "b", "c", "a"]);
});

it("lets those go that were drawn large, and not those that were not", () => {
  expect(after(["abc", 0.5], ["b", 9], ["c", 9], ["c", 9]).keys).toEqual(["c", "a"]);
  expect(after(["b", 9], ["b", 1], ["c", 1]).keys).toEqual(["c", "b"]);
});

it("keeps no more than can be, but all that are near", () => {
  const many = Array.from({ length: 40 }, (_, index) => `column ${index}`);
  const passed = many.reduce((kept, key) => keep(kept, [key], 1), NOTHING_KEPT);
  expect(passed.keys).toEqual(many.slice(-24).reverse());
  expect(keep(passed, many, 1).keys).toHaveLength(40);
});
