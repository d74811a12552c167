import { expect, it } from "vitest";
import type { LayerScene } from "../../api/types.ts";
import { keyOf } from "./keys.ts";
import { enumerated, listed, namedClusters, nameOf, namesIn, ordinal } from "./names.ts";

const scene = {
  clusters: [
    { id: "a", title: "mixed" },
    { id: "b", title: "dog" },
    { id: "c", title: "mixed" },
    { id: "d", title: "mixed" },
    { id: "e", title: "cat" },
  ],
} as unknown as LayerScene;
const named = namedClusters(scene, ["c", "b", "a", "e", "d"]);
const of = (...ids: string[]) => ids.flatMap((id) => named.get(id) ?? []);

it("tells equal titles apart by the place from the top", () => {
  expect(of("b", "c", "a", "d").map(nameOf)).toEqual([
    "“dog”",
    "“mixed” (1st from the top)",
    "“mixed” (3rd from the top)",
    "“mixed” (5th from the top)",
  ]);
});

it("names the first two titles, each once, and counts the rest", () => {
  expect(listed(of("b"))).toBe("“dog”");
  expect(listed(of("b", "e"))).toBe("“dog” and “cat”");
  expect(listed(of("a", "b", "c"))).toBe("“mixed” (1st and 3rd from the top) and “dog”");
  expect(listed(of("a", "b", "e", "c"))).toBe("“mixed” (1st and 3rd from the top), “dog” and 1 more");
});

it("counts places", () => {
  expect([1, 2, 3, 4, 11, 12, 13, 21, 22, 112, 123].map(ordinal)).toEqual(
    "1st 2nd 3rd 4th 11th 12th 13th 21st 22nd 112th 123rd".split(" "),
  );
  expect([[], ["a"], ["a", "b"], ["a", "b", "c"]].map(enumerated)).toEqual(["", "a", "a and b", "a, b and c"]);
});

it("knows clusters of other layers by their titles, and what has not come by its id", () => {
  const names = namesIn({
    columns: ["first", "late"],
    titles: new Map([["first", "layer1"]]),
    layer: (id) => (id === "late" ? null : scene),
    order: () => ["c", "b", "a", "e", "d"],
  });
  expect(names.cluster(keyOf("first", "c"))).toEqual({ title: "mixed", place: 1 });
  expect(names.cluster(keyOf("inner", "c"))).toEqual({ title: "mixed", place: null });
  expect(names.cluster(keyOf("late", "c"))).toEqual({ title: "c", place: null });
  expect([0, 1, 2].map(names.column)).toEqual(["layer1", "", ""]);
});
