import { describe, expect, it } from "vitest";
import { imagesOf } from "../../state/imageChoice.ts";
import { START_LINKS } from "../../state/links.ts";
import { NO_DRAWER } from "../../state/viewState.ts";
import { goUp, neighbour } from "./keys.ts";

const CARDS = [
  { id: "a1", x: 0, y: 0 },
  { id: "a2", x: 0, y: 50 },
  { id: "b1", x: 100, y: 10 },
  { id: "b2", x: 100, y: 60 },
  { id: "c1", x: 200, y: 40 },
];
const from = (id: string) => CARDS.find((card) => card.id === id) ?? { x: 0, y: 0 };

describe("neighbour", () => {
  it.each([
    ["a1", "down", "a2"],
    ["a2", "up", "a1"],
    ["a2", "right", "b2"],
    ["b1", "right", "c1"],
    ["c1", "left", "b2"],
    ["a1", "left", undefined],
    ["b2", "down", undefined],
  ] as const)("from %s %s is %s", (start, step, end) => {
    expect(neighbour(CARDS, from(start), step)?.id).toBe(end);
  });
});

describe("goUp", () => {
  const plain = { links: START_LINKS, ...NO_DRAWER };
  const cluster = { layer: "a", cluster: "c1", neuron: null };
  const images = imagesOf({ label: 3 });

  it("goes from neuron to cluster to layer, and out", () => {
    const selection = { ...cluster, neuron: 3 };
    expect(goUp({ ...plain, selection, images: null })).toEqual({ selection: cluster });
    expect(goUp({ ...plain, selection: cluster, images: null })).toEqual({ selection: { ...cluster, cluster: null } });
    expect(goUp({ ...plain, selection: { ...cluster, cluster: null }, images: null })).toEqual({ selection: null });
    expect(goUp({ ...plain, selection: null, images: null })).toEqual({});
  });

  it("goes from a cluster back to the images that led there, and out of these", () => {
    expect(goUp({ ...plain, selection: { ...cluster, neuron: 3 }, images })).toEqual({ selection: cluster });
    expect(goUp({ ...plain, selection: cluster, images })).toEqual({ selection: null });
    expect(goUp({ ...plain, selection: null, images })).toEqual({ images: null });
  });

  it("closes a drawer before it leaves what is chosen", () => {
    for (const open of [
      { history: true },
      { graph: "" },
      { regroup: { layer: "a", method: "ward", k: null } as const },
    ])
      expect(goUp({ ...plain, ...open, selection: cluster, images })).toEqual(NO_DRAWER);
  });
});
