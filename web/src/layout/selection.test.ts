import { expect, it } from "vitest";
import { resnet20 } from "../../mock/runs.ts";
import { soundSelection } from "./selection.ts";

const scene = resnet20().layer("layer3.2/relu#2");
const { layer } = scene;

it("leaves out a cluster that is not there, once that is known", () => {
  const gone = { layer, cluster: "gone", neuron: 3 };
  expect(soundSelection(gone, scene)).toEqual({ layer, cluster: null, neuron: 3 });
  expect(soundSelection(gone, null)).toBe(gone);
  const there = { layer, cluster: scene.clusters[0]?.id ?? "", neuron: null };
  expect(soundSelection(there, scene)).toBe(there);
  expect(soundSelection(null, scene)).toBeNull();
});
