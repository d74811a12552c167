import { describe, expect, it } from "vitest";
import { resnet20 } from "../../mock/runs.ts";
import { edgePath, graphLayout, graphPart, layersOf, operation } from "./layerGraph.ts";

const { graph, scene } = resnet20();
const group = scene.groups.find((one) => one.title === "layer3");
if (!group) throw new Error("the mock has layer3");

describe("layersOf", () => {
  it("holds a group's units and the merges and shortcuts that lead into them", () => {
    const inside = layersOf(graph, group.layers);
    for (const id of ["layer3.0.conv1", "layer3.0/add#1", "layer3.0.shortcut", "layer3.2/relu#2"])
      expect(inside).toContain(id);
    for (const id of ["avg_pool2d#1", "layer2.2/relu#2", "input"]) expect(inside).not.toContain(id);
  });

  it("gives every layer to exactly one group", () => {
    const all = scene.groups.flatMap((one) => [...layersOf(graph, one.layers)]);
    expect([...all].sort()).toEqual(graph.layers.map((layer) => layer.id).sort());
  });
});

describe("graphPart", () => {
  const part = graphPart(graph, group.layers);

  it("draws a unit as one box that names its layers", () => {
    const box = part.nodes.find((node) => node.id === "layer3.0/relu#1");
    expect(box?.lines.map((line) => line.name)).toEqual(["layer3.0.conv1", "layer3.0.bn1", "layer3.0/relu#1"]);
  });

  it("ends at the layers just outside", () => {
    expect(
      part.nodes
        .filter((node) => node.kind === "outside")
        .map((node) => node.id)
        .sort(),
    ).toEqual(["avg_pool2d#1", "layer2.2/relu#2"]);
  });

  it("writes the shape of every tensor that flows between boxes", () => {
    for (const edge of part.edges) expect(edge.label).toMatch(/^\d+( × \d+)*$/);
    expect(part.edges.every((edge) => edge.source !== edge.target)).toBe(true);
  });

  it("is every layer for the whole network", () => {
    const lines = graphPart(graph, null).nodes.flatMap((node) => node.lines);
    expect(lines.length).toBe(graph.layers.length);
  });
});

describe("graphLayout", () => {
  it("places boxes without overlap, edges from left to right", () => {
    const picture = graphLayout(graphPart(graph, group.layers));
    for (const a of picture.nodes) {
      for (const b of picture.nodes) {
        if (a === b) continue;
        const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
        expect(apart, `${a.id} and ${b.id}`).toBe(true);
      }
    }
    const x = new Map(picture.nodes.map((node) => [node.id, node.x]));
    for (const edge of picture.edges) expect(x.get(edge.source) ?? 0).toBeLessThan(x.get(edge.target) ?? 0);
  });
});

it("says what a convolution does", () => {
  const conv = graph.layers.find((layer) => layer.op === "conv2d");
  if (!conv) throw new Error("the mock has a convolution");
  const attributes = { kernel: [3, 3], stride: [2, 2], groups: 16 };
  expect(operation({ ...conv, attributes })).toBe("conv2d 3 × 3, stride 2 × 2, 16 groups");
});

it("draws a smooth line", () => {
  expect(
    edgePath([
      { x: 0, y: 0 },
      { x: 10, y: 4 },
    ]),
  ).toBe("M0.0 0.0C5.0 0.0 5.0 4.0 10.0 4.0");
  expect(edgePath([])).toBe("");
});
