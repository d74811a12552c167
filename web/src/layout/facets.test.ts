import { describe, expect, it } from "vitest";
import { corners, resnet20, wide } from "../../mock/runs.ts";
import { clusterKey, START } from "../state/viewState.ts";
import { brushWith, isEmpty, litIn } from "./brush.ts";
import { bandsOf, facetOf, isOrdered, matrixOf, withFacet, withOrder } from "./facets.ts";
import { colourWords, facetsShown, importancesOf, sizeWords } from "./legend.ts";

const scene = resnet20().layer("layer3.2/relu#2");
const { layer } = scene;
const first = { layer, cluster: "c1" };
const second = { layer, cluster: "c2" };
const key = clusterKey(layer, "c1");

describe("facets", () => {
  it("are those of all unless a cluster differs", () => {
    const user = { ...START, facet: "activations", facets: { [key]: "features" } } as const;
    expect([facetOf(user, first), facetOf(user, second)]).toEqual(["features", "activations"]);
    expect(facetOf(user, { layer: "another", cluster: "c1" })).toBe("activations");
  });

  it("are forgotten where a cluster is drawn as the rest again", () => {
    const differs = withFacet(START, first, "contributions");
    expect(differs).toEqual({ [key]: "contributions" });
    expect(withFacet({ ...START, facets: differs }, first, "features")).toEqual({});
  });

  it("of older links hold for the cluster in every layer", () => {
    const user = { ...START, facets: { c1: "activations" }, ordered: ["c1"] } as const;
    expect(facetOf(user, first)).toBe("activations");
    expect(facetOf({ ...user, facets: withFacet(user, first, "features") }, first)).toBe("features");
    expect(isOrdered({ ordered: ["c1"] }, first)).toBe(true);
    expect(withOrder({ ordered: ["c1"] }, first)).toEqual([]);
  });

  it("have an own order where the user gave one", () => {
    const ordered = withOrder({ ordered: [] }, first);
    expect([isOrdered({ ordered }, first), isOrdered({ ordered }, second)]).toEqual([true, false]);
    expect(isOrdered({ ordered }, { layer: "another", cluster: "c1" })).toBe(false);
    expect(withOrder({ ordered }, first)).toEqual([]);
  });

  it("have a matrix where the run has one", () => {
    expect(matrixOf(scene, "features")).toBeNull();
    expect(matrixOf(scene, "contributions")?.facet).toBe("contributions");
    expect(matrixOf(corners().layer("layer1.0/relu#2"), "contributions")).toBeNull();
  });
});

it("puts the rows of a layer cluster after cluster, every neuron once", () => {
  const { rows, bands } = bandsOf(wide().layer("layer1.0/relu#2"));
  expect([...rows].sort((a, b) => a - b)).toEqual(Array.from({ length: 2048 }, (_, i) => i));
  for (const { cluster, start, stop } of bands) expect(rows.slice(start, stop)).toEqual(cluster.neurons);
});

describe("brushWith", () => {
  const picked = { layer: "a", neurons: [3, 1, 3], classes: [5] };

  it("replaces what was picked", () => {
    const before = { layer: "b", neurons: [9], classes: [7] };
    expect(brushWith(before, picked, false)).toEqual({ layer: "a", neurons: [1, 3], classes: [5] });
  });

  it("joins it when asked, within one layer", () => {
    const before = { layer: "a", neurons: [9], classes: [7] };
    expect(brushWith(before, picked, true)).toEqual({ layer: "a", neurons: [1, 3, 9], classes: [5, 7] });
    expect(brushWith({ ...before, layer: "b" }, picked, true).neurons).toEqual([1, 3]);
  });

  it("keeps the neurons while classes join", () => {
    const before = { layer: "b", neurons: [9], classes: [7] };
    const after = brushWith(before, { layer: "a", neurons: [], classes: [2] }, true);
    expect(after).toEqual({ layer: "b", neurons: [9], classes: [2, 7] });
    expect([litIn(after, "a"), litIn(after, "b")]).toEqual([[], [9]]);
    expect(isEmpty(after)).toBe(false);
    expect(isEmpty(START.brush)).toBe(true);
  });
});

describe("legend", () => {
  it("names the facets on the screen, each with a layer that stands for it", () => {
    const early = resnet20().layer("layer2.2/relu#2");
    const user = { ...START, facet: "activations", facets: { [key]: "features" } } as const;
    const shown = facetsShown([early, scene], user);
    expect([...shown.keys()].sort()).toEqual(["activations", "features"]);
    expect(shown.get("activations")?.layer).toBe(scene.layer);
    const chosen = { ...user, selection: { layer: early.layer, cluster: null, neuron: null } };
    expect(facetsShown([early, scene], chosen).get("activations")?.layer).toBe(early.layer);
  });

  it("falls back to features where there is no matrix", () => {
    const plain = corners().layer("layer1.0/relu#2");
    expect([...facetsShown([plain], { ...START, facet: "contributions" }).keys()]).toEqual(["features"]);
  });

  it("has numbers for one range, words for each neuron's own", () => {
    const facts = matrixOf(scene, "activations");
    if (!facts) throw new Error("the invented run has activations");
    expect(colourWords(facts, "row")).toMatchObject({ kind: "amount", range: null, beyond: false });
    expect(colourWords(facts, "layer")).toMatchObject({ range: { low: 0, high: 1.9 }, beyond: true });
    expect(colourWords(facts, "layer").unit).toBe("mean activation");
    expect(colourWords(facts, "layer").more).toBe("mean activation: mean on 5,000 images");
  });

  it("has numbers for three sizes of squares, and none where all are alike", () => {
    const size = sizeWords({ ...scene, sizes: [{ importance: "activation", typical: 1.5 }] }, "activation");
    expect(size?.marks).toEqual([
      { side: 1, words: "≤ 0.75" },
      { side: 2, words: "1.50" },
      { side: 4, words: "≥ 3.00" },
    ]);
    expect(sizeWords(scene, "uniform")).toBeNull();
    expect(sizeWords({ ...scene, sizes: [] }, "activation")).toBeNull();
  });

  it("offers the sizes that the run has", () => {
    expect(importancesOf([scene])).toEqual(["activation", "contribution", "uniform"]);
    expect(importancesOf([])).toEqual(["activation"]);
  });
});
