import { describe, expect, it } from "vitest";
import type { Diagnosis, Evidence, Finding, LayerRowFacts, Scene } from "../../api/types.ts";
import {
  elsewhere,
  findingOf,
  layerMarks,
  layersOfColumn,
  limitWords,
  measuredWords,
  openedFor,
  rowsOf,
  shownWords,
  stepsWords,
  valueWords,
  worstMark,
} from "./findings.ts";

const finding = (more: Partial<Finding>): Finding => ({
  rule: "dead-relu",
  title: "dead",
  severity: "error",
  layer: "b",
  layers: ["b", "c"],
  neurons: [],
  first_step: 1,
  evidence_step: 1,
  last_step: 90,
  evidence: [],
  cause: "",
  remedy: "",
  symptoms: [],
  ...more,
});
const inner = finding({ rule: "vanishing-gradient", layer: "", layers: [] });
const diagnosis = {
  findings: [
    finding({ severity: "warning", symptoms: [finding({ rule: "chance-level", symptoms: [inner] })] }),
    finding({ rule: "saturation", severity: "error", layer: "c", layers: ["c"], title: "flat" }),
  ],
} as unknown as Diagnosis;

it("finds a finding at any depth", () => {
  expect(findingOf(diagnosis, "vanishing-gradient")).toBe(inner);
  expect([findingOf(diagnosis, "x"), findingOf(null, "x"), findingOf(diagnosis, null)]).toEqual([null, null, null]);
});

it("says when it showed", () => {
  const words = (first_step: number, last_step: number): string => stepsWords(finding({ first_step, last_step }), 100);
  expect([words(1, 100), words(40, 100), words(40, 60), words(7, 7)]).toEqual([
    "from the start to the end",
    "from step 40 on",
    "steps 40 to 60",
    "at step 7",
  ]);
});

it("marks layers by the worst that is said of them", () => {
  const marks = layerMarks(diagnosis);
  expect([...marks]).toEqual([
    ["b", { severity: "warning", titles: ["dead"] }],
    ["c", { severity: "error", titles: ["dead", "flat"] }],
  ]);
  expect(worstMark(marks, ["a", "b", "c"])).toEqual({ severity: "error", titles: ["dead", "flat"] });
  expect(worstMark(marks, ["a"])).toBeNull();
});

describe("columns", () => {
  const blocks = [
    { id: "block:0", layer: "y", layers: ["x", "y"] },
    { id: "block:1", layer: "z", layers: ["z"] },
  ];
  const scene = {
    groups: [
      { id: "g", layer: "z", layers: ["x", "y", "z"], blocks },
      { id: "h", layer: "q", layers: ["p", "q"], blocks: [{ id: "block:2", layer: "q", layers: ["p", "q"] }] },
    ],
  } as unknown as Scene;

  it("are opened as far as a layer needs it", () => {
    expect(openedFor(scene, [], "z")).toEqual([]);
    expect(openedFor(scene, [], "y")).toEqual(["g"]);
    expect(openedFor(scene, ["g"], "x")).toEqual(["g", "block:0"]);
    expect(openedFor(scene, ["a"], "p")).toEqual(["a", "h"]);
    expect(openedFor(scene, [], "elsewhere")).toEqual([]);
  });

  it("have the layers of their group, block or themselves", () => {
    expect(layersOfColumn(scene, "g", "z")).toEqual(["x", "y", "z"]);
    expect(layersOfColumn(scene, "block:0", "y")).toEqual(["x", "y"]);
    expect(layersOfColumn(scene, "layer:x", "x")).toEqual(["x"]);
    expect(layersOfColumn(scene, "input", null)).toEqual([]);
  });
});

it("reads evidence", () => {
  const evidence = { quantity: "dead", text: "", layer: "", step: null };
  expect(limitWords({ ...evidence, value: 0.7, threshold: 0.6 })).toBe("at or above the limit of 0.60");
  expect(limitWords({ ...evidence, value: 1e-5, threshold: 1e-3 })).toBe("below the limit of 0.0010");
  expect(limitWords({ ...evidence, value: "inf", threshold: 2 })).toBe("at or above the limit of 2.00");
  expect([3, 0, -1].map((value) => limitWords({ ...evidence, value, threshold: 0 }))).toEqual([
    "above 0",
    "not below 0",
    "below 0",
  ]);
  expect(limitWords({ ...evidence, value: "nan", threshold: 2 })).toBe("");
  expect(limitWords({ ...evidence, value: 1, threshold: null })).toBe("");
  expect(["nan", "inf", "-inf", null, 0.5].map((value) => measuredWords(value as number))).toEqual([
    "not a number",
    "infinite",
    "minus infinite",
    "–",
    "0.50",
  ]);
  const rows = [
    { id: "dead", quantities: ["dead", "neurons"] },
    { id: "zeros", quantities: ["after/zero"] },
  ] as unknown as LayerRowFacts[];
  expect(rowsOf(finding({ evidence: [{ ...evidence, value: 1, threshold: null }] }), rows)).toEqual(["dead"]);
});

const evidence = (more: Partial<Evidence>): Evidence => ({
  quantity: "gradient/norm",
  text: "",
  value: 1,
  threshold: null,
  layer: "",
  step: null,
  ...more,
});

it("writes numbers of things without digits behind the point", () => {
  const words = (quantity: string, value: Evidence["value"]): string => valueWords(evidence({ quantity, value }));
  expect([words("parameters/frozen", 1), words("gradient/norm", 12)]).toEqual(["1", "12"]);
  expect([words("dead", 1), words("after/zero", 0.5)]).toEqual(["1.00", "0.50"]);
  expect(words("loss", "inf")).toBe("infinite");
});

it("names the layers of evidence that are others than where it begins", () => {
  const told = [evidence({ layer: "/a" }), evidence({ layer: "b" }), evidence({ layer: "/a" }), evidence({})];
  expect(elsewhere(finding({ layer: "b", evidence: told }))).toBe("a");
  expect(elsewhere(finding({ layer: "b", evidence: [evidence({ layer: "b" })] }))).toBe("");
  expect(elsewhere(finding({ layer: "", evidence: told }))).toBe("");
});

it("says why a step is shown", () => {
  expect(shownWords(finding({ first_step: 5, evidence_step: 5 }))).toBe("where it began");
  expect(shownWords(finding({ first_step: 5, evidence_step: 9 }))).toContain("the first at which");
});
