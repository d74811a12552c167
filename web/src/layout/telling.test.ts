import { describe, expect, it } from "vitest";
import type { ClassFacts, LayerScene, TellingFact } from "../api/types.ts";
import { ALL_IMAGES } from "../state/imageChoice.ts";
import { START } from "../state/viewState.ts";
import { factView } from "./telling.ts";

const classes: ClassFacts[] = ["cat", "dog"].map((name, index) => ({ index, name, images: 10, recall: 0.5 }));
const scene = {
  clusters: [
    { id: "c1", neurons: [0, 2] },
    { id: "c2", neurons: [1] },
  ],
} as unknown as LayerScene;
const known = { classes, clusters: (layer: string) => (layer === "relu" ? scene : null) };
const fact = (more: Partial<TellingFact>): TellingFact => ({
  text: "So it is.",
  layer: null,
  label: null,
  answer: null,
  neuron: null,
  ...more,
});

describe("factView", () => {
  it("selects the layer that a fact is about", () => {
    expect(factView(START, fact({ layer: "relu" }), known)).toEqual({
      selection: { layer: "relu", cluster: null, neuron: null },
      pair: null,
    });
  });

  it("selects a neuron in its cluster, as far as that is known", () => {
    const { selection } = factView(START, fact({ layer: "relu", neuron: 1 }), known);
    expect(selection).toEqual({ layer: "relu", cluster: "c2", neuron: 1 });
    const far = factView(START, fact({ layer: "far", neuron: 0 }), known);
    expect(far.selection).toEqual({ layer: "far", cluster: null, neuron: 0 });
  });

  it("compares the images of a mistake, and selects its class", () => {
    expect(factView(START, fact({ layer: "fc", label: 0, answer: 1 }), known)).toEqual({
      selection: { layer: "fc", cluster: null, neuron: 0 },
      pair: { label: 0, other: 1, against: "right" },
    });
  });

  it("shows the images where no layer has a neuron per class", () => {
    const at = (more: Partial<TellingFact>) => factView(START, fact(more), known).images;
    expect(at({ label: 0, answer: 1 })).toEqual({ ...ALL_IMAGES, label: 0, answered: 1 });
    expect(at({ label: 1 })).toEqual({ ...ALL_IMAGES, label: 1 });
    expect(at({})).toEqual({ ...ALL_IMAGES, wrong: true });
  });
});
