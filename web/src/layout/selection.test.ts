import { expect, it } from "vitest";
import { resnet20 } from "../../mock/runs.ts";
import { soundSelection } from "./selection.ts";

const scene = resnet20().layer("layer3.2/relu#2");
const { layer } = scene;

it("leaves out a cluster that is not there, once that is known", () => {
  const gone = { layer, cluster: "gone", neuron: null };
  expect(soundSelection(gone, scene)).toEqual({ layer, cluster: null, neuron: null });
  expect(soundSelection(gone, null)).toBe(gone);
  const there = { layer, cluster: scene.clusters[0]?.id ?? "", neuron: null };
  expect(soundSelection(there, scene)).toBe(there);
  expect(soundSelection(null, scene)).toBeNull();
});

it("is the cluster that the neuron is in now", () => {
  const now = scene.clusters.at(-1);
  const neuron = now?.neurons[0] ?? -1;
  expect(soundSelection({ layer, cluster: "gone", neuron }, scene)).toEqual({ layer, cluster: now?.id, neuron });
  expect(soundSelection({ layer, cluster: "gone", neuron: 99_999 }, scene)?.cluster).toBeNull();
});
