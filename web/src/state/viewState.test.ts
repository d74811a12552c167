import { describe, expect, it } from "vitest";
import { ALL_IMAGES, imagesOf } from "./imageChoice.ts";
import { formatAddress, isStep, parseAddress, START, sameButZoom, type ViewState } from "./viewState.ts";

const FULL: ViewState = {
  selection: { layer: "layer3.2/relu#2", cluster: "c,1&x", neuron: 13 },
  open: ["g1", "layer1.0 & more"],
  graph: "",
  zoom: { k: 1.2345, x: 300.25, y: -40.5 },
  facet: "contributions",
  facets: { "layer1~a/relu#2:c1": "features", "layer2:c1": "activations", c7: "contributions" },
  importance: "uniform",
  normalisation: "layer",
  maps: false,
  classes: ["0-40", "all"],
  ordered: ["layer1~a/relu#2:c1", "c7"],
  brush: { layer: "layer3.2/relu#2", neurons: [1, 2, 3, 9], classes: [0, 7] },
  matrix: { layer: "layer3.2/relu#2", order: "c3" },
  pair: { label: 3, other: 5, against: "right" },
  images: { label: 3, answered: 5, wrong: true, neuron: "a/b#1:3", samples: [1, 2, 7], group: "g1", given: 2 },
  links: { mode: "weights", share: 0.5, all: true, item: "a", trace: null, panel: "check" },
  regroup: { layer: "layer3.2/relu#2", method: "kmeans", k: 7 },
  history: true,
  tour: "neuron",
  training: { ...START.training, stage: "curves", step: 40, tint: "zeros" },
};

describe("address", () => {
  it.each([
    ["nothing", START],
    ["everything", FULL],
    ["a layer alone", { ...START, selection: { layer: "a", cluster: null, neuron: null } }],
    ["all images", { ...START, images: ALL_IMAGES }],
    ["a saved group of images", { ...START, images: imagesOf({ group: "g 1&x" }) }],
    ["classes marked alone", { ...START, brush: { layer: null, neurons: [], classes: [4] } }],
    ["a large matrix in the common order", { ...START, matrix: { layer: "a", order: null } }],
    ["the numbers of a large matrix", { ...START, matrix: { layer: "a", order: null, numbers: true } }],
    [
      "a part of a large matrix",
      { ...START, matrix: { layer: "a", order: "c3", look: { column: 12.5, row: 0.25, width: 18, height: 30 } } },
    ],
    ["a neuron without its cluster", { ...START, selection: { layer: "a", cluster: null, neuron: 0 } }],
  ])("comes back the same with %s", (_, view) => {
    const address = { run: "runs/a b", view };
    expect(parseAddress(formatAddress(address))).toEqual(address);
  });

  it("takes no pair that is none", () => {
    for (const text of ["", "3", "3-right", "3-right-3", "3-wrong-4", "a-right-4"])
      expect(parseAddress(`#/run/a?pair=${text}`).view.pair).toBeNull();
  });

  it("knows no k for a method that finds it", () => {
    const { view } = parseAddress("#/run/a?regroup=l&method=meanshift&k=4");
    expect(view.regroup).toEqual({ layer: "l", method: "meanshift", k: null });
    expect(parseAddress("#/run/a?regroup=l&k=0").view.regroup?.k).toBeNull();
  });

  it("is the list of runs without a run", () => {
    expect(formatAddress({ run: null, view: START })).toBe("#/");
    for (const hash of ["", "#", "#/", "#/elsewhere"]) expect(parseAddress(hash)).toEqual({ run: null, view: START });
  });

  it("leaves out what it does not understand", () => {
    const { view } = parseAddress("#/run/a?layer=l&neuron=-1&zoom=0,1,2&colour=red");
    expect(view).toEqual({ ...START, selection: { layer: "l", cluster: null, neuron: null } });
    expect(parseAddress("#/run/a?zoom=1,x,2").view.zoom).toBeNull();
    expect(parseAddress("#/run/a?facet=x&size=y&range=z&differs=c&differs=c~x&lit=1&marked=-").view).toEqual(START);
  });

  it("survives a broken escape", () => {
    expect(parseAddress("#/run/%E0%A4%A?layer=a").run).toBeNull();
  });
});

describe("isStep", () => {
  it("is not for zooming or brushing", () => {
    expect(isStep(START, { ...START, zoom: FULL.zoom, brush: FULL.brush })).toBe(false);
    expect(isStep(START, { ...START, facet: "activations" })).toBe(true);
    expect(isStep(START, { ...START, open: ["a"] })).toBe(true);
    expect(isStep(START, { ...START, tour: "cluster" })).toBe(true);
    const tried = { ...START, regroup: { layer: "a", method: "ward", k: 3 } } as const;
    expect(isStep(tried, { ...tried, regroup: { ...tried.regroup, k: 4 } })).toBe(false);
  });
});

describe("sameButZoom", () => {
  it("looks away from zoom alone", () => {
    expect(sameButZoom(FULL, { ...FULL, zoom: null })).toBe(true);
    expect(sameButZoom(FULL, { ...FULL, open: [] })).toBe(false);
    expect(sameButZoom(FULL, { ...FULL, maps: true })).toBe(false);
  });
});
