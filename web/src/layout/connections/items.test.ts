import { expect, it } from "vitest";
import { surroundings } from "./around.ts";
import { isSkip, itemsOf } from "./items.ts";
import { keyOf } from "./keys.ts";
import { bundle, connections, curve, gap, trunk } from "./testing.ts";

const COLUMNS = [["a", "b"], ["c", "d", "e"], ["f"]];
const scene = connections(COLUMNS, [
  gap({
    bundles: [bundle(["a", "b"], ["c", "d"], { share: 0.4 })],
    curves: [curve("a", "e", { share: 0.25, sign: -1 })],
  }),
  gap({ source: 0, target: 2, trunks: [trunk(["b f", "a f"], { share: 0.3 })] }),
]);
const items = itemsOf(scene);

it("gives everything an id of its own", () => {
  expect(new Set(items.map((item) => item.id)).size).toBe(3);
  expect(items.map((item) => item.kind)).toEqual(["bundle", "curve", "trunk"]);
  expect(items.map(isSkip)).toEqual([false, false, true]);
});

it("knows every connection and what each end carries", () => {
  expect(items.map((item) => item.links.length)).toEqual([4, 1, 2]);
  for (const item of items) {
    const sum = (values: readonly { share: number }[]): number => values.reduce((all, one) => all + one.share, 0);
    expect(sum(item.links)).toBeCloseTo(item.share);
    expect(sum(item.sources)).toBeCloseTo(item.share);
    expect(sum(item.targets)).toBeCloseTo(item.share);
  }
});

it("finds what comes to a cluster and goes from it, strongest first", () => {
  const a = surroundings(items, keyOf("l0", "a"));
  expect(a.before).toEqual([]);
  expect(a.after.map((one) => [one.item.kind, one.share])).toEqual([
    ["curve", 0.25],
    ["bundle", 0.2],
    ["trunk", 0.15],
  ]);
  const c = surroundings(items, keyOf("l1", "c"));
  expect(c.before.map((one) => one.others)).toEqual([[keyOf("l0", "a"), keyOf("l0", "b")]]);
});

it("names of a trunk only the clusters that are connected with the one looked at", () => {
  const some = itemsOf(connections(COLUMNS, [gap({ source: 0, target: 1, trunks: [trunk(["a c", "b d", "b e"])] })]));
  const others = (key: string): string[][] => surroundings(some, key).after.map((one) => one.others);
  expect(others(keyOf("l0", "a"))).toEqual([[keyOf("l1", "c")]]);
  expect(others(keyOf("l0", "b"))).toEqual([[keyOf("l1", "d"), keyOf("l1", "e")]]);
});
