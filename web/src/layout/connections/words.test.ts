import { expect, it } from "vitest";
import { itemsOf } from "./items.ts";
import { readKey } from "./keys.ts";
import type { Names } from "./names.ts";
import { bundle, connections, curve, gap, trunk } from "./testing.ts";
import {
  agreementWords,
  countsOf,
  hiddenWords,
  imagesWords,
  itemWords,
  keptWords,
  loadedWords,
  MODE_WORDS,
  shareWords,
  weakerWords,
} from "./words.ts";

const names: Names = {
  cluster: (key) => ({ title: readKey(key).cluster.toUpperCase(), place: null }),
  column: (index) => `column ${index}`,
};

it("says how many connections are drawn, and of how many", () => {
  const counts = { kept: 312, total: 1408, drawn: 0.801, loaded: 9, columns: 12 };
  expect(keptWords(counts)).toBe("312 of 1,408 connections, 80 % of the weight");
  expect(hiddenWords(1408)).toBe("0 of 1,408 connections: hidden");
  expect(hiddenWords(null)).toBe("connections hidden");
  expect(loadedWords(counts)).toBe("9 of 12 columns loaded");
  expect(loadedWords({ ...counts, loaded: 12 })).toBe("");
});

it("counts what is in the picture, not what was asked for", () => {
  const scene = connections(
    [["a", "b"], ["c"], ["d"]],
    [
      gap({ part: 1, curves: [curve("a", "c", { share: 0.5 }), curve("b", "c", { share: 0.25 })] }),
      gap({ source: 0, target: 2, part: 0.5, trunks: [trunk(["a d", "b d"], { share: 0.5 })] }),
      gap({ source: 1, target: 2, part: 0.5, curves: [curve("c", "d", { share: 0.25 })] }),
    ],
  );
  const items = itemsOf(scene);
  expect(countsOf(scene, items, 3)).toEqual({ kept: 5, total: 1408, drawn: 0.75, loaded: 3, columns: 3 });
  expect(countsOf(scene, items.slice(0, 2), 2)).toMatchObject({ kept: 2, drawn: 0.375, loaded: 2 });
  expect(countsOf({ ...scene, gaps: [] }, [], 0).drawn).toBe(1);
});

it("says what a curve, a bicluster and a trunk join, with one number", () => {
  const gaps = [
    gap({
      curves: [curve("a", "c", { sign: -1, share: 0.254 })],
      bundles: [bundle(["a", "b"], ["c", "d", "e"], { share: 0.5 })],
    }),
    gap({ source: 0, target: 2, trunks: [trunk(["a f", "b f"], { share: 0.002, sign: -1 })] }),
  ];
  const columns = [["a", "b"], ["c", "d", "e"], ["f"]];
  const [joined, single, jump] = itemsOf(connections(columns, gaps)).map((item) => itemWords(item, names));
  expect(single).toEqual({ title: "“A” inhibits “C”", text: "25 % of the weight into column 1" });
  expect(joined).toEqual({
    title: "These 2 clusters (“A” and “B”) excite these 3 (“C”, “D” and 1 more)",
    text: "50 % of the weight into column 1",
  });
  expect(jump).toEqual({
    title: "2 connections from column 0 inhibit column 2",
    text: "less than 1 % of the weight into column 2, from 2 clusters to 1, past 1 column",
  });
});

it("says how far a meaning can be trusted, and on how many images", () => {
  expect(agreementWords(null, null)).toBe("not checked yet");
  expect(agreementWords(0.71, 50)).toBe("agrees well with real removal on 50 probe images (rank correlation 0.71)");
  expect(agreementWords(0.45, 1)).toContain("roughly with real removal on 1 probe image");
  expect(agreementWords(0.1, 50)).toContain("badly");
  expect([imagesWords(20), imagesWords(null)]).toEqual(["on 20 probe images", ""]);
});

it("says shares in whole per cents", () => {
  expect([0, 0.001, 0.0049, 0.005, 0.144, 1].map(shareWords)).toEqual([
    "0 %",
    "less than 1 %",
    "less than 1 %",
    "1 %",
    "14 %",
    "100 %",
  ]);
});

it("calls neither meaning of a line what a cluster's third facet is called", () => {
  expect(Object.values(MODE_WORDS).map(({ name }) => name)).toEqual(["Weights", "Influence"]);
  expect(MODE_WORDS.contribution.text).toContain("(contribution:");
});

it("counts what is left out of a list", () => {
  expect([weakerWords(1), weakerWords(1200)]).toEqual(["and 1 weaker one", "and 1,200 weaker ones"]);
});
