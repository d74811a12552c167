import { describe, expect, it } from "vitest";
import type { MockRun } from "../../../mock/run.ts";
import { resnet20, thousand } from "../../../mock/runs.ts";
import type { Diagnosis, Finding, LayerScene, TrainingScene } from "../../api/types.ts";
import { parseAddress, START } from "../../state/viewState.ts";
import { itemsOf } from "../connections/items.ts";
import { namesIn } from "../connections/names.ts";
import { bundle, connections, curve, gap } from "../connections/testing.ts";
import { tourCluster, tourLayer, tourNeuron } from "./choice.ts";
import { STOPS, type TourMaterial } from "./stop.ts";
import { stopNamed, tourStart, tourStops, viewOf } from "./tour.ts";

function materialOf(run: MockRun): TourMaterial {
  const id = tourLayer(run.scene) ?? "";
  const layer = run.layer(id);
  const cluster = tourCluster(layer);
  const number = cluster && tourNeuron(cluster);
  const neuron = number === null ? null : run.neuron(`${id}:${number}`);
  return { scene: run.scene, layer, cluster, neuron, connection: null, training: null, edits: true };
}

function joined(sign: 1 | -1, kind: "bundle" | "curve"): TourMaterial["connection"] {
  const gaps = [
    gap(
      kind === "curve"
        ? { curves: [curve("a", "c", { sign })] }
        : { bundles: [bundle(["a", "b"], ["c", "d"], { sign })] },
    ),
  ];
  const scene = connections(
    [
      ["a", "b"],
      ["c", "d"],
    ],
    gaps,
  );
  const [item] = itemsOf(scene);
  const names = namesIn({ columns: scene.columns, titles: new Map(), layer: () => null, order: () => [] });
  return item ? { scene, item, names } : null;
}

const finding = {
  rule: "dead-relu",
  title: "Half are dead",
  severity: "error",
  layer: "",
  neurons: [],
  first_step: 1,
  evidence_step: 2,
  last_step: 9,
};
const training: TourMaterial["training"] = {
  scene: { first: 0, last: 9, plots: [{ title: "Loss" }, { title: "Accuracy" }] } as unknown as TrainingScene,
  diagnosis: { findings: [finding as unknown as Finding], steps: 9 } as unknown as Diagnosis,
  snapshots: [0, 9],
};
const run = resnet20();
const plain = materialOf(run);
const ids = (material: TourMaterial): string[] => tourStops(material).map((stop) => stop.id);
const textOf = (material: TourMaterial, id: string): string =>
  tourStops(material).find((stop) => stop.id === id)?.text ?? "";

describe("tourStops", () => {
  it("has eight for an analysed network", () => {
    expect(ids({ ...plain, connection: joined(1, "bundle") })).toEqual([
      "columns",
      "cluster",
      "neuron",
      "matrix",
      "connection",
      "class",
      "edit",
      "find",
    ]);
  });

  it("keeps their order, and to what is read in two minutes at 240 words a minute", () => {
    const all = tourStops({ ...plain, connection: joined(-1, "bundle"), training });
    expect(all.map((stop) => stop.id)).toEqual(STOPS.filter((id) => all.some((stop) => stop.id === id)));
    expect(all.length).toBe(9);
    expect(
      all
        .map((stop) => stop.text)
        .join(" ")
        .split(" ").length,
    ).toBeLessThan(480);
  });

  it("leaves out what the run has nothing for", () => {
    const { scene } = run;
    const unlabelled = { ...scene, run: { ...scene.run, labelled: false, accuracy: null }, classes: [], telling: [] };
    const layer = { ...(plain.layer as LayerScene), matrices: [] };
    expect(ids({ ...plain, scene: unlabelled, layer, edits: false })).toEqual(["columns", "cluster", "neuron", "find"]);
    expect(ids({ ...plain, layer: null, cluster: null, neuron: null })).toEqual(["columns", "class", "find"]);
    const curves = { ...unlabelled, groups: [], layers: [] };
    const none = { layer: null, cluster: null, neuron: null, edits: false };
    expect(ids({ ...plain, ...none, scene: curves, training })).toEqual(["curves", "findings", "find"]);
    const calm = { ...training, diagnosis: null, snapshots: [0] } as TourMaterial["training"];
    expect(ids({ ...plain, ...none, scene: curves, training: calm })).toEqual(["curves", "find"]);
  });

  it("gives every stop an address, which opens the same view", () => {
    for (const stop of tourStops({ ...plain, connection: joined(1, "bundle"), training })) {
      const view = viewOf(stop, 4);
      expect(view.tour).toBe(stop.id);
      expect(view.training.step).toBe(stop.id === "findings" ? 2 : 4);
      expect(stop.at.length).toBeGreaterThan(0);
    }
    expect(tourStart({ ...START, open: ["g"], training: { ...START.training, step: 3 } })).toEqual({
      ...START,
      tour: "columns",
      training: { ...START.training, step: 3 },
    });
  });
});

describe("what stops say", () => {
  it("names the class that a cluster answers to, with the number", () => {
    expect(textOf(plain, "cluster")).toMatch(/most of all to “\w+”: \d\.\d\d standard deviations/);
    expect(textOf(plain, "columns")).toContain(run.scene.groups.map((group) => group.title).join(" → "));
    expect(textOf(materialOf(thousand()), "matrix")).toContain("a class or a group of classes");
  });

  it("counts the classes of a neuron's images", () => {
    const patches = [4, 4, 1].map((label) => ({ label }) as never);
    const neuron = { ...(plain.neuron as NonNullable<TourMaterial["neuron"]>), patches };
    expect(textOf({ ...plain, neuron }, "neuron")).toContain(`2 of these 3 show “${run.scene.classes[4]?.name}”.`);
  });

  it("tells the two signs of a connection apart", () => {
    const says = (sign: 1 | -1, kind: "bundle" | "curve"): string =>
      textOf({ ...plain, connection: joined(sign, kind) }, "connection");
    expect(says(1, "bundle")).toContain("The dot gathers 4 connections into 4 lines (a bicluster).");
    expect(says(-1, "bundle")).toContain("A dashed line: more here makes less there");
    expect(says(-1, "bundle")).toContain("The hollow square gathers");
    expect(says(1, "curve")).not.toContain("gathers");
  });

  it("shows the telling mistake, else the class that is known least", () => {
    const [class0] = tourStops(plain).filter((stop) => stop.id === "class");
    expect(class0?.view.pair).toEqual({ label: 0, other: 1, against: "right" });
    const scene = { ...run.scene, telling: [] };
    const [hardest] = tourStops({ ...plain, scene }).filter((stop) => stop.id === "class");
    const least = Math.min(...scene.classes.map((one) => one.recall ?? 1));
    expect(scene.classes[hardest?.view.selection?.neuron ?? -1]?.recall).toBe(least);
    const failed = { ...run.scene, classes: run.scene.classes.map((one) => ({ ...one, recall: 0 })) };
    expect(textOf({ ...plain, scene: failed }, "class")).toContain(`images of “${failed.classes[1]?.name}”`);
  });
});

describe("stopNamed", () => {
  const stops = tourStops({ ...plain, edits: false });
  it("is the stop of that name, or the next that there is", () => {
    expect(stopNamed(stops, "matrix")?.id).toBe("matrix");
    expect(stopNamed(stops, "connection")?.id).toBe("class");
    expect(stopNamed(stops, "curves")?.id).toBe("find");
  });

  it("begins with the first for a name that means nothing, and is none without stops", () => {
    expect(stopNamed(stops, "gone")?.id).toBe("columns");
    expect(stopNamed([], "columns")).toBeNull();
    expect(parseAddress("#/run/a?tour=gone").view.tour).toBe("gone");
  });
});
