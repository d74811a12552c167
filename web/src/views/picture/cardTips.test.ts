import { describe, expect, it } from "vitest";
import { corners } from "../../../mock/runs.ts";
import type { ClusterScene } from "../../api/types.ts";
import { profileBars } from "../../layout/profile.ts";
import { barAt, barTip, noteOf, tileTip } from "./cardTips.ts";

const scene = corners().layer("layer1.0/relu#2");
const [single, , , dead] = scene.clusters as [ClusterScene, ClusterScene, ClusterScene, ClusterScene];

describe("words on a card", () => {
  it("say why there are no bars", () => {
    expect(noteOf(single, "contributions", true)).toBe("no contributions");
    expect(noteOf(dead, null, true)).toBe("no image excites them");
    expect(noteOf(single, null, true)).toBe("no class stands out");
    expect(noteOf(single, null, false)).toBe("no labels");
  });

  it("name the neuron under the pointer", () => {
    expect(tileTip(single, 0)).toMatchObject({ title: "neuron 0", text: expect.stringContaining("strongest") });
    expect(tileTip(dead, 9).text).toBe("never active");
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
