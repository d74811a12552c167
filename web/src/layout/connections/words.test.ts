import { expect, it } from "vitest";
import { itemsOf } from "./items.ts";
import { readKey } from "./keys.ts";
import { bundle, connections, curve, gap } from "./testing.ts";
import { agreementWords, itemWords, keptWords } from "./words.ts";

const title = (key: string): string => readKey(key).cluster.toUpperCase();

it("says how many connections are drawn, and of how many", () => {
  expect(keptWords(connections([], []))).toBe("312 of 1,408 connections, 80 % of the weight");
});

it("says what a curve and a bicluster join", () => {
  const gaps = [gap({ curves: [curve("a", "c", { sign: -1 })], bundles: [bundle(["a", "b"], ["c"])], share: 0.75 })];
  const [joined, single] = itemsOf(connections([["a", "b"], ["c"]], gaps)).map((item) => itemWords(item, title));
  expect(single).toEqual({ title: "“A” inhibits “C”", text: "25.0 % of the weight between these columns" });
  expect(joined).toEqual({
    title: "these excite those",
    text: "a bicluster, 50.0 % of the weight between these columns",
  });
});

it("says how far a meaning can be trusted", () => {
  expect(agreementWords(null)).toBe("not checked yet");
  expect(agreementWords(0.71)).toContain("well");
  expect(agreementWords(0.45)).toContain("roughly");
  expect(agreementWords(0.1)).toContain("badly with real removal (rank correlation 0.10)");
});
