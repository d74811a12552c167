import { describe, expect, it } from "vitest";
import { corners } from "../../../mock/runs.ts";
import type { ClassFacts, ClusterScene, PatchScene } from "../../api/types.ts";
import type { Packing } from "../../layout/packing.ts";
import { profileBars } from "../../layout/profile.ts";
import { barAt, barTip, moreTip, noteOf, patchTip, tileTip } from "./cardTips.ts";

const scene = corners().layer("layer1.0/relu#2");
const [single, , , dead] = scene.clusters as [ClusterScene, ClusterScene, ClusterScene, ClusterScene];

describe("words on a card", () => {
  it("say why there are no bars", () => {
    expect(noteOf(single, "contributions", true)).toBe("no contributions");
    expect(noteOf(dead, null, true)).toBe("no image excites them");
    expect(noteOf(single, null, true)).toBe("no class stands out");
    expect(noteOf(single, null, false)).toBe("no labels");
  });

  it("name the neuron under the pointer, and what its size says", () => {
    const packing: Packing = {
      width: 84,
      height: 48,
      smallest: 12,
      tiles: [12, 24, 48].map((side, neuron) => ({ neuron, x: 0, y: 0, side, region: 0, sprite: null })),
    };
    const size = { importance: "activation", typical: 1.5 } as const;
    const text = (neuron: number): string => tileTip(single, { packing, size }, neuron).text;
    expect(tileTip(single, { packing, size }, 1).title).toBe("neuron 1");
    expect(text(0)).toBe("mean of its strongest activations: 0.75 or less; click for its images");
    expect(text(1)).toContain("activations: 1.50; ");
    expect(text(2)).toContain("3.00 or more");
    const alike = { packing, size: { importance: "uniform", typical: 1 } } as const;
    expect(tileTip(single, alike, 1).text).toBe("click for its images");
    expect(tileTip(dead, { packing, size }, 9).text).toBe("never active");
    expect(moreTip(238)).toMatchObject({ title: "238 more neurons" });
  });

  it("name an image close up: its place, its value, what it shows and what it was taken for", () => {
    const patch = { value: 2.5, label: 0, predicted: 1 } as PatchScene;
    const classes = [{ name: "cat" }, { name: "dog" }] as ClassFacts[];
    expect(patchTip(7, { patch, rank: 1 }, classes)).toEqual({
      title: "neuron 7 · cat",
      text: "the image that excites it most; value 2.50; taken for dog",
    });
    expect(patchTip(7, { patch: { ...patch, predicted: 0 }, rank: 3 }, classes).text).toBe(
      "number 3 of those that excite it most; value 2.50",
    );
  });

  it("name the bar under the pointer", () => {
    const bars = profileBars([1, -0.5], [1, 0], 40, 1);
    expect(barAt(bars, { u: 0.1, v: 0.5 })?.index).toBe(1);
    expect(barAt(bars, { u: 0.9, v: 1.2 })?.index).toBe(0);
    expect([barAt(bars, { u: -0.1, v: 0 }), barAt(bars, { u: 0.5, v: 3 })]).toEqual([null, null]);
    const [first] = bars;
    if (!first) throw new Error("there are two bars");
    const cluster = { ...single, profile: [1, -0.5] };
    expect(barTip(cluster, first, corners().scene.classes)).toEqual({
      title: "dog",
      text: "−0.50 deviations from the mean",
    });
    expect(barTip({ ...single, profile: [1, null] }, first, corners().scene.classes).text).toContain("no image");
  });
});
