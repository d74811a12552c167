import { describe, expect, it } from "vitest";
import { resnet20 } from "../../mock/runs.ts";
import { answersTo, voicesOn } from "./answers.ts";

const run = resnet20();
const layer = run.scene.groups.filter((group) => !group.output).at(-1)?.layer ?? "";
const scene = run.layer(layer);
const classes = run.scene.classes.length;
const values = run.matrix(layer, "contributions");

describe("the clusters that answer to a class", () => {
  it("are no fewer and no others than the strongest above their usual activity", () => {
    for (let label = 0; label < classes; label++) {
      const answers = answersTo(scene, label, 3);
      const left = scene.clusters.filter((cluster) => !answers.some((one) => one.cluster === cluster.id));
      const weakest = answers.length < 3 ? 0 : Math.min(...answers.map((one) => one.value));
      expect(answers.every((one) => one.value > 0)).toBe(true);
      expect(left.every((cluster) => (cluster.profile[label] ?? 0) <= weakest)).toBe(true);
      expect(answers.map((one) => one.value)).toEqual(answers.map((one) => one.value).sort((a, b) => b - a));
    }
  });

  it("are none for a class without images", () => {
    const blank = {
      ...scene,
      clusters: scene.clusters.map((one) => ({ ...one, profile: one.profile.map(() => null) })),
    };
    expect(answersTo(blank, 0, 3)).toEqual([]);
  });
});

describe("the neurons that speak for a class and against it", () => {
  it("are the ends of the sorted column", () => {
    for (let label = 0; label < classes; label++) {
      const column = scene.clusters.flatMap((cluster) =>
        cluster.neurons.map((neuron) => values[neuron * classes + label] ?? 0),
      );
      const sorted = column.sort((a, b) => a - b);
      const { pro, contra } = voicesOn(scene, { values, classes }, label, 4);
      expect(pro.map((one) => one.value)).toEqual(
        sorted
          .slice(-4)
          .toReversed()
          .filter((one) => one > 0),
      );
      expect(contra.map((one) => one.value)).toEqual(sorted.slice(0, 4).filter((one) => one < 0));
      for (const { neuron, cluster } of [...pro, ...contra])
        expect(scene.clusters.find((one) => one.id === cluster)?.neurons).toContain(neuron);
    }
  });

  it("go by their number when they are equally loud", () => {
    const same = new Float32Array(values.length).fill(1);
    const neurons = voicesOn(scene, { values: same, classes }, 0, 5).pro.map((one) => one.neuron);
    expect(neurons).toEqual([...neurons].sort((a, b) => a - b));
  });

  it("are none for a class without images", () => {
    const none = new Float32Array(values.length).fill(Number.NaN);
    expect(voicesOn(scene, { values: none, classes }, 0, 5)).toEqual({ pro: [], contra: [] });
  });
});
