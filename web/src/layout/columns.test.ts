import { describe, expect, it } from "vitest";
import { resnet20, thousand } from "../../mock/runs.ts";
import { columnsOf, columnTitle, toggled } from "./columns.ts";

const scene = resnet20().scene;
const titles = (open: string[]) => columnsOf(scene, open).columns.map((column) => column.title);

describe("columnsOf", () => {
  it("is input, groups and classes at first", () => {
    const { columns, spans } = columnsOf(scene, []);
    expect(columns.map((column) => column.title)).toEqual(["input", "layer1", "layer2", "layer3", "linear"]);
    expect(columns.map((column) => column.kind)).toEqual(["input", "clusters", "clusters", "clusters", "classes"]);
    expect(spans).toEqual([]);
  });

  it("says what the figures beside the classes are", () => {
    const last = (run: Partial<typeof scene.run>) =>
      columnsOf({ ...scene, run: { ...scene.run, ...run } }, []).columns.at(-1)?.detail;
    expect(last({})).toBe("10 classes · % right");
    expect(last({ accuracy: null })).toBe("10 classes · images");
    expect(last({ accuracy: null, by_prediction: true })).toBe("10 classes · images predicted");
  });

  it("opens a group into its blocks", () => {
    expect(titles(["group:layer3"])).toEqual([
      "input",
      "layer1",
      "layer2",
      "layer3.0",
      "layer3.1",
      "layer3.2",
      "linear",
    ]);
    expect(columnsOf(scene, ["group:layer3"]).spans).toMatchObject([{ id: "group:layer3", depth: 0, from: 3, to: 5 }]);
  });

  it("opens a block into its layers, named within the block", () => {
    const { columns, spans } = columnsOf(scene, ["group:layer3", "block:layer3.1"]);
    expect(columns.map((column) => column.title).slice(3, 7)).toEqual(["layer3.0", "relu#1", "relu#2", "layer3.2"]);
    expect(spans).toMatchObject([
      { id: "group:layer3", depth: 0, from: 3, to: 6 },
      { id: "block:layer3.1", depth: 1, from: 4, to: 5 },
    ]);
  });

  it("shows nothing of a block whose group is closed", () => {
    expect(titles(["block:layer3.1"])).toEqual(titles([]));
  });

  it("gives every column a key of its own", () => {
    const keys = columnsOf(scene, ["group:layer1", "group:layer3", "block:layer3.1"]).columns.map(
      (column) => column.key,
    );
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("draws many classes as clusters", () => {
    expect(columnsOf(thousand().scene, []).columns.at(-1)?.kind).toBe("clusters");
  });

  it("opens a group of one block straight into its layers", () => {
    const [first, ...rest] = scene.groups;
    if (!first?.blocks[1]) throw new Error("the mock has blocks");
    const one = { ...scene, groups: [{ ...first, blocks: [first.blocks[1]] }, ...rest] };
    expect(columnsOf(one, []).columns[1]?.opens?.label).toBe("2 layers");
    expect(
      columnsOf(one, [first.id])
        .columns.map((column) => column.title)
        .slice(1, 3),
    ).toEqual(["relu#1", "relu#2"]);
  });
});

describe("toggled", () => {
  it("opens, and closes what was opened inside", () => {
    const open = toggled(scene, toggled(scene, [], "group:layer3"), "block:layer3.1");
    expect(open).toEqual(["group:layer3", "block:layer3.1"]);
    expect(toggled(scene, open, "block:layer3.1")).toEqual(["group:layer3"]);
    expect(toggled(scene, open, "group:layer3")).toEqual([]);
  });
});

it("calls a layer as the column that it stands for", () => {
  expect(columnTitle(scene, "layer3.2/relu#2")).toBe("layer3");
  expect(columnTitle(scene, "layer3.1/relu#2")).toBe("layer3.1");
  expect(columnTitle(scene, "elsewhere")).toBe("elsewhere");
});
