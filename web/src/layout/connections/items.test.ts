import { expect, it } from "vitest";
import { surroundings } from "./around.ts";
import { isSkip, itemsOf } from "./items.ts";
import { keyOf } from "./keys.ts";
import { bundle, connections, curve, gap } from "./testing.ts";

const COLUMNS = [["a", "b"], ["c", "d", "e"], ["f"]];
const scene = connections(COLUMNS, [
  gap({ bundles: [bundle(["a", "b"], ["c", "d"])], curves: [curve("a", "e", { weight: 4, sign: -1 })], share: 0.5 }),
  gap({ source: 0, target: 2, curves: [curve("b", "f")] }),
]);
const items = itemsOf(scene);

it("gives everything an id of its own", () => {
  expect(new Set(items.map((item) => item.id)).size).toBe(3);
  expect(items.map(isSkip)).toEqual([false, false, true]);
});

it("measures weight against all between the two columns, drawn or not", () => {
  // Drawn are 4 + 4, half of all.
  expect(items.map((item) => item.share)).toEqual([0.25, 0.25, 1]);
  expect(items[0]?.sources.map((end) => end.share)).toEqual([0.125, 0.125]);
});

it("finds what comes to a cluster and goes from it, strongest first", () => {
  const a = surroundings(items, keyOf("l0", "a"));
  expect(a.before).toEqual([]);
  expect(a.after.map((one) => [one.item.single, one.share])).toEqual([
    [true, 0.25],
    [false, 0.125],
  ]);
  const c = surroundings(items, keyOf("l1", "c"));
  expect(c.before.map((one) => one.others)).toEqual([[keyOf("l0", "a"), keyOf("l0", "b")]]);
});
