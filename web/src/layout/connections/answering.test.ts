import { expect, it } from "vitest";
import type { ClusterAnswer, ClusterContrast, ContrastScene, ImageSetScene } from "../../api/types.ts";
import { answeringKeys, contrastKeys, NAMED } from "./answering.ts";
import { keyOf } from "./keys.ts";

const answer = (cluster: string): ClusterAnswer => ({ layer: "a", cluster, title: "", answer: 1, profile: 0 });
const some = (from: number, count: number): string[] => Array.from({ length: count }, (_, index) => `c${from + index}`);

it("names the clusters beside a set of images once, no more than are listed", () => {
  const set = {
    images: 3,
    of: 9,
    differing: some(0, 12).map(answer),
    answering: some(6, 12).map(answer),
  } as ImageSetScene;
  expect(answeringKeys(set)).toEqual(some(0, NAMED.answers + 6).map((one) => keyOf("a", one)));
  expect(answeringKeys({ ...set, images: 9 })).toEqual([]);
});

it("names the clusters of a comparison", () => {
  const clusters = some(0, 30).map(
    (cluster): ClusterContrast => ({ layer: "a", cluster, title: "", first: 1, second: 0 }),
  );
  expect(contrastKeys({ clusters } as ContrastScene)).toEqual(some(0, NAMED.contrasts).map((one) => keyOf("a", one)));
});
