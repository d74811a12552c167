import { describe, expect, it } from "vitest";
import { resnet20 } from "../../../mock/runs.ts";
import type { LayerClusters } from "../../api/types.ts";
import {
  clusterName,
  clusterNote,
  holdersOf,
  isLocked,
  neuronNote,
  noteEdit,
  noteOn,
  notesIn,
  originOf,
  selectedCluster,
} from "./edited.ts";
import { cardMenu, type MenuItem } from "./menu.ts";
import { wishWords } from "./words.ts";

const scene = resnet20().layer("layer3.2/relu#2");
const [first, second] = scene.clusters as [(typeof scene.clusters)[0], (typeof scene.clusters)[0]];
const state: LayerClusters = {
  layer: scene.layer,
  method: "ward",
  note: "",
  notes: [{ neuron: second.neurons[0] ?? 0, text: "odd" }],
  clusters: scene.clusters.map(({ id, neurons }, index) => ({
    id,
    neurons: [...neurons],
    name: index === 1 ? "mine" : "",
    note: index === 1 ? "look" : "",
    locked: index === 1,
  })),
};
const menu = (cluster: (typeof scene.clusters)[0], neurons: number[], of: LayerClusters | null = null) =>
  new Map(cardMenu({ scene, cluster, state: of, neurons }).map((item) => [item.id, item]));
const ids = (item: MenuItem | undefined) => item?.items?.map((one) => one.id);

describe("cardMenu", () => {
  it("merges, splits, locks, names and writes where no neuron was chosen", () => {
    expect([...menu(first, []).keys()]).toEqual(["merge", "split", "lock", "name", "note", "regroup"]);
    expect(menu(first, []).get("merge")?.key).toBe("M");
    expect(menu(first, []).get("lock")?.wish).toEqual({
      edit: { type: "lock", layer: scene.layer, cluster: "c1", locked: true },
    });
  });

  it("moves chosen neurons to every other cluster, or to a new one", () => {
    const [neuron] = first.neurons as [number];
    const move = menu(first, [neuron]).get("move");
    expect(move?.label).toBe(`Move neuron ${neuron} to …`);
    expect(ids(move)).toEqual(["new", ...scene.clusters.slice(1).map((one) => one.id)]);
    expect(move?.items?.[1]?.wish).toEqual({
      edit: { type: "move", layer: scene.layer, neurons: [neuron], to: "c2" },
    });
    expect(menu(first, [neuron]).get("merge")?.key).toBeUndefined();
    const both = menu(first, [neuron, second.neurons[0] ?? 0]).get("move");
    expect(ids(both)).toEqual(["new", ...scene.clusters.map((one) => one.id)]);
    expect(menu(first, [...first.neurons]).get("move")?.items?.[0]?.off).toBe("they are one");
  });

  it("says what locked clusters do not allow", () => {
    const items = menu(second, [], state);
    expect([items.get("split")?.off, items.get("merge")?.off, items.get("lock")?.label]).toEqual([
      "locked",
      "locked",
      "Unlock",
    ]);
    expect(menu(first, [first.neurons[0] ?? 0], state).get("move")?.items?.[1]?.off).toBe("locked");
    expect(menu(second, [second.neurons[0] ?? 0], state).get("move")?.off).toBe("in a locked cluster");
    expect(items.get("note")?.label).toBe("Change the note …");
  });
});

describe("what the user made of a layer", () => {
  it("is found by cluster and neuron", () => {
    expect([isLocked(state, "c2"), isLocked(state, "c1"), isLocked(null, "c2")]).toEqual([true, false, false]);
    expect([clusterNote(state, "c2"), clusterNote(null, "c2")]).toEqual(["look", ""]);
    expect(neuronNote(state, second.neurons[0] ?? 0)).toBe("odd");
    expect(notesIn(state, second)).toEqual(["look", `Neuron ${second.neurons[0]}: odd`]);
    expect(notesIn(state, first)).toEqual([]);
    expect(holdersOf(scene).get(first.neurons[0] ?? 0)).toBe("c1");
  });

  it("has the user's name, and what is written about a cluster, a neuron or the layer", () => {
    expect([clusterName(state, "c2"), clusterName(state, "c1"), clusterName(null, "c2")]).toEqual(["mine", "", ""]);
    const { layer } = scene;
    const about = (cluster: string | null, neuron: number | null = null) => ({ layer, cluster, neuron });
    const [neuron = 0] = second.neurons;
    expect(noteOn(state, about("c2"))).toBe("look");
    expect(noteOn(state, about("c2", neuron))).toBe("odd");
    expect(noteOn({ ...state, note: "deep" }, about(null))).toBe("deep");
    expect(noteOn(null, about(null))).toBe("");
    expect(noteEdit(about("c2"), "x")).toEqual({ type: "note", layer, cluster: "c2", text: "x" });
    expect(noteEdit(about("c2", neuron), "x")).toEqual({ type: "note", layer, neuron, text: "x" });
  });

  it("knows where neurons come from, and whether they are a cluster of their own", () => {
    const holders = holdersOf(scene);
    const [one = 0] = first.neurons;
    expect(originOf(holders, first.neurons)).toEqual({ from: ["c1"], whole: true });
    expect(originOf(holders, [one])).toEqual({ from: ["c1"], whole: false });
    expect(originOf(holders, [...second.neurons, one])).toEqual({ from: ["c2", "c1"], whole: false });
  });

  it("keeps the cluster of a selected neuron wherever it went", () => {
    const at = { layer: scene.layer, cluster: "gone", neuron: second.neurons[0] ?? 0 };
    expect(selectedCluster(at, scene)).toBe("c2");
    expect(selectedCluster({ ...at, neuron: null }, scene)).toBe("gone");
    expect(selectedCluster({ ...at, neuron: 99_999 }, scene)).toBe("gone");
    expect(selectedCluster({ ...at, cluster: null }, scene)).toBeNull();
  });
});

it("says in words what an edit was to do", () => {
  const say = (edit: Parameters<typeof wishWords>[0]) => wishWords(edit, (_, cluster) => cluster.toUpperCase());
  const layer = "a";
  expect([
    say({ type: "move", layer, neurons: [3], to: "c2" }),
    say({ type: "create", layer, neurons: [1, 2] }),
    say({ type: "merge", layer, clusters: ["c1", "c2"] }),
    say({ type: "split", layer, cluster: "c1" }),
    say({ type: "regroup", layer }),
    say({ type: "lock", layer, cluster: "c1" }),
    say({ type: "lock", layer, cluster: "c1", locked: false }),
    say({ type: "rename", layer, cluster: "c1", name: "x" }),
    say({ type: "rename", layer, cluster: "c1", name: "" }),
    say({ type: "note", layer, text: "hm" }),
    say({ type: "note", layer, text: "" }),
  ]).toEqual([
    "move neuron 3 to “C2”",
    "make a new cluster of 2 neurons",
    "merge “C2” into “C1”",
    "split “C1”",
    "group the layer anew",
    "lock “C1”",
    "unlock “C1”",
    "name “C1” “x”",
    "take the name of “C1” away",
    "write “hm”",
    "remove a note",
  ]);
});
