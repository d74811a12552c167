import { describe, expect, it } from "vitest";
import type { ClusterScene, LayerScene, Scene } from "../../api/types.ts";
import type { Item } from "../connections/items.ts";
import { keyOf } from "../connections/keys.ts";
import { silentKeys, strongestClass, tourCluster, tourItem, tourLayer, tourNeuron } from "./choice.ts";

function frame(...layers: [id: string, neurons: number, never: number][]): Scene {
  const groups = layers.map(([layer], index) => ({ layer, output: index === layers.length - 1 }));
  return { groups, layers: layers.map(([id, neurons, never_active]) => ({ id, neurons, never_active })) } as never;
}

const cluster = (id: string, part: Partial<ClusterScene> = {}): ClusterScene => {
  const neurons = part.neurons ?? [0, 1, 2];
  const base = { id, title: id, found: "", classes: [0], never_active: false, agreement: 1, profile: [1, 0] };
  const sprites = neurons.map((): [number, number, number, number] => [0, 0, 1, 1]);
  return { ...base, neurons, sprites, ranks: [], packings: [], alike: null, ...part };
};
const layer = (...clusters: ClusterScene[]) => ({ layer: "l", clusters }) as unknown as LayerScene;

describe("tourLayer", () => {
  it("is the last column before the output in which something fires", () => {
    expect(tourLayer(frame(["a", 4, 0], ["b", 4, 0], ["fc", 2, 0]))).toBe("b");
    expect(tourLayer(frame(["a", 4, 1], ["b", 4, 4], ["fc", 2, 0]))).toBe("a");
  });

  it("is none where all is silent, or there is an output alone", () => {
    expect(tourLayer(frame(["a", 4, 4], ["fc", 2, 0]))).toBeNull();
    expect(tourLayer(frame(["fc", 2, 0]))).toBeNull();
    expect(tourLayer({ groups: [], layers: [] } as never)).toBeNull();
  });
});

describe("tourCluster", () => {
  it("is the one that answers most clearly to the class in its title", () => {
    const weak = cluster("weak", { profile: [0.5, 2] });
    const strong = cluster("strong", { classes: [1], profile: [0, 1.5] });
    expect(tourCluster(layer(weak, strong))?.id).toBe("strong");
  });

  it("has three neurons where one has, and is alive", () => {
    const two = cluster("two", { neurons: [0, 1], profile: [3, 0] });
    const dead = cluster("dead", { never_active: true, profile: [9, 0] });
    const blind = cluster("blind", { sprites: [null, null, null], profile: [9, 0] });
    expect(tourCluster(layer(dead, blind, two, cluster("three")))?.id).toBe("three");
    expect(tourCluster(layer(dead, two))?.id).toBe("two");
    expect(tourCluster(layer(dead, blind))).toBeNull();
  });

  it("is the largest where titles name no class, and of equal ones the first", () => {
    const plain = (id: string, neurons: number[]) => cluster(id, { classes: [], profile: [], neurons });
    expect(tourCluster(layer(plain("a", [0, 1, 2]), plain("b", [3, 4, 5, 6])))?.id).toBe("b");
    expect(tourCluster(layer(plain("a", [0, 1, 2]), plain("b", [3, 4, 5])))?.id).toBe("a");
    expect(tourCluster(layer(cluster("a"), cluster("b")))?.id).toBe("a");
  });
});

it("strongestClass is that of the title, else of the highest value, classes without images left out", () => {
  expect(strongestClass(cluster("a", { profile: [0.5, 0.6] }))).toEqual({ label: 0, value: 0.5 });
  expect(strongestClass(cluster("a", { profile: [null, -0.5, -0.2] }))).toEqual({ label: 2, value: -0.2 });
  expect(strongestClass(cluster("a", { profile: [] }))).toBeNull();
});

it("tourNeuron is that of the largest square with a patch", () => {
  const packing = { importance: "activation" as const, width: 9, height: 9, smallest: 1 };
  const packings = [{ ...packing, x: [0, 0, 0], y: [0, 0, 0], side: [4, 2, 3], region: [] }];
  const one = cluster("a", { neurons: [7, 8, 9], sprites: [null, [0, 0, 1, 1], [0, 0, 1, 1]], packings });
  expect(tourNeuron(one)).toBe(9);
  const blind = { ...one, sprites: [null, null, null], packings: packings.map((each) => ({ ...each })) };
  expect(tourNeuron(blind)).toBeNull();
});

describe("tourItem", () => {
  const item = (id: string, kind: Item["kind"], share: number, source = "a"): Item =>
    ({ id, kind, share, sources: [{ key: keyOf("l", source), share }], targets: [] }) as unknown as Item;

  it("is the strongest bicluster, else the strongest curve, else a trunk", () => {
    const all = [item("t", "trunk", 9), item("c", "curve", 5), item("b", "bundle", 1), item("d", "bundle", 2)];
    expect(tourItem(all, new Set())?.id).toBe("d");
    expect(tourItem(all.slice(0, 2), new Set())?.id).toBe("c");
    expect(tourItem(all.slice(0, 1), new Set())?.id).toBe("t");
    expect(tourItem([], new Set())).toBeNull();
  });

  it("joins neurons that fire where it can", () => {
    const silent = silentKeys([layer(cluster("dead", { never_active: true }), cluster("a"))]);
    const dead = item("dead", "bundle", 9, "dead");
    expect(tourItem([dead, item("c", "curve", 1)], silent)?.id).toBe("c");
    expect(tourItem([dead], silent)?.id).toBe("dead");
  });
});
