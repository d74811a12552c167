import { describe, expect, it } from "vitest";
import type { EditsScene, LayerScene, Scene } from "../api/types.ts";
import { columnsOf } from "./columns.ts";
import { found, matchOf, openFor, placesOf, type Sources } from "./lookup.ts";

const layer = (id: string, neurons: number) => ({ id, title: id, detail: `${id} in words`, neurons, map: [4, 4] });
const block = (id: string, layers: string[]) => ({ id, title: id, detail: "", layer: layers.at(-1) ?? "", layers });
const scene = {
  run: { images_seen: 10 },
  examples: [],
  classes: [
    { index: 0, name: "cat", images: 10, recall: 0.5 },
    { index: 1, name: "wild cat", images: 0, recall: null },
    { index: 2, name: "scatter", images: 4, recall: 1 },
  ],
  layers: [layer("conv1", 8), layer("layer1.0/a", 4), layer("layer1.0/b", 4), layer("layer1.1/b", 40), layer("fc", 3)],
  groups: [
    { id: "g0", title: "stem", detail: "", layer: "conv1", layers: ["conv1"], blocks: [block("b0", ["conv1"])] },
    {
      id: "g1",
      title: "layer1",
      detail: "",
      layer: "layer1.1/b",
      layers: ["layer1.0/a", "layer1.0/b", "layer1.1/b"],
      blocks: [block("b1", ["layer1.0/a", "layer1.0/b"]), block("b2", ["layer1.1/b"])],
    },
    { id: "g2", title: "fc", detail: "", layer: "fc", layers: ["fc"], blocks: [block("b3", ["fc"])], output: true },
  ],
} as unknown as Scene;
const layers = [
  { layer: "conv1", clusters: [{ id: "c1", title: "blue images", neurons: [0, 2] }] },
  { layer: "fc", clusters: [{ id: "c1", title: "cats", neurons: [0, 1] }] },
] as unknown as LayerScene[];
const edits = {
  groups: [{ id: "g3", name: "odd cats", samples: [1, 2] }],
  layers: [
    {
      layer: "conv1",
      note: "the first",
      clusters: [{ id: "c9", neurons: [1], note: "looks odd" }],
      notes: [{ neuron: 1, text: "an odd one" }],
    },
  ],
} as unknown as EditsScene;
const sources: Sources = { scene, layers, edits };
const titles = (query: string, most = 9): string[] => found(sources, query, most).map((one) => one.title);

describe("matchOf", () => {
  it.each([
    ["Cat", "cat", 0],
    ["catalogue", "CAT ", 1],
    ["wild cat", "cat", 2],
    ["scatter", "cat", 3],
    ["wild black cat", "cat wild", 4],
    ["wild cat", "dog cat", null],
  ])("rates %s for %s as %s", (text, query, rate) => {
    expect(matchOf(text, query)).toBe(rate);
  });
});

describe("found", () => {
  it("lists classes, then clusters, by how well they fit", () => {
    expect(titles("cat")).toEqual(["cat", "wild cat", "odd cats", "scatter"]);
    expect(titles("cat", 1)).toEqual(["cat"]);
    expect(titles("blue")).toEqual(["blue images"]);
  });

  it("finds neurons by layer and number, in their cluster where that is known", () => {
    expect(found(sources, "conv1:2", 9)).toEqual([
      {
        kind: "neuron",
        title: "conv1:2",
        detail: "in “blue images”",
        selection: { layer: "conv1", cluster: "c1", neuron: 2 },
      },
    ]);
    expect(titles("layer1: 3")).toEqual(["layer1.0/a:3", "layer1.0/b:3", "layer1.1/b:3"]);
    expect(titles("layer1.0:9")).toEqual([]);
    expect(titles(":39")).toEqual(["layer1.1/b:39"]);
  });

  it("finds notes with what they are on", () => {
    const notes = found(sources, "odd", 9).filter((one) => one.kind === "note");
    expect(notes.map(({ detail, selection }) => [detail, selection])).toEqual([
      ["on a cluster of stem", { layer: "conv1", cluster: "c9", neuron: null }],
      ["on neuron conv1:1", { layer: "conv1", cluster: "c9", neuron: 1 }],
    ]);
    expect(titles("first")).toEqual(["the first"]);
  });

  it("finds image groups by their names", () => {
    expect(found(sources, "odd cats", 9).map(({ kind, detail, images }) => [kind, detail, images?.group])).toEqual([
      ["images", "image group, 2 images", "g3"],
    ]);
  });

  it("gives nothing for nothing", () => {
    expect(titles("  ")).toEqual([]);
    expect(titles("zebra")).toEqual([]);
  });

  it("finds every place by its own title", () => {
    for (const place of placesOf(sources)) expect(titles(place.title, 99)).toContain(place.title);
  });
});

describe("openFor", () => {
  it.each([
    ["conv1", []],
    ["layer1.1/b", []],
    ["layer1.0/b", ["g1"]],
    ["layer1.0/a", ["g1", "b1"]],
  ])("opens what holds %s", (id, opened) => {
    const open = openFor(scene, [], id);
    expect(open).toEqual(opened);
    expect(columnsOf(scene, open).columns.map((column) => column.layer)).toContain(id);
  });

  it("keeps what is open", () => {
    expect(openFor(scene, ["g1", "x"], "layer1.0/a")).toEqual(["g1", "x", "b1"]);
  });
});
