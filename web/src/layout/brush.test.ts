import { describe, expect, it } from "vitest";
import { resnet20 } from "../../mock/runs.ts";
import { START } from "../state/viewState.ts";
import { brushWith, isEmpty, litIn, markedClasses } from "./brush.ts";

const { scene } = resnet20();
const output = scene.groups.find((group) => group.output)?.layer ?? "";
const hidden = scene.groups.find((group) => !group.output)?.layer ?? "";
const picked = brushWith(START.brush, { layer: hidden, neurons: [3, 1, 3], classes: [7, 2] }, false);

describe("what is picked", () => {
  it("is in order and has nothing twice", () => {
    expect(picked).toEqual({ layer: hidden, neurons: [1, 3], classes: [2, 7] });
    expect(litIn(picked, hidden)).toEqual([1, 3]);
    expect(litIn(picked, output)).toEqual([]);
    expect([isEmpty(picked), isEmpty(START.brush)]).toEqual([false, true]);
  });

  it("joins what was picked before only when asked to", () => {
    const more = { layer: hidden, neurons: [5], classes: [1] };
    expect(brushWith(picked, more, true)).toEqual({ layer: hidden, neurons: [1, 3, 5], classes: [1, 2, 7] });
    expect(brushWith(picked, more, false)).toEqual({ layer: hidden, neurons: [5], classes: [1] });
    expect(brushWith(picked, { layer: "other", neurons: [], classes: [1] }, true).neurons).toEqual([1, 3]);
  });
});

describe("the classes that are marked", () => {
  it("are those picked and the one whose answer is looked at", () => {
    const answer = { layer: output, cluster: null, neuron: 4 };
    expect(markedClasses(scene, { brush: picked, selection: answer })).toEqual([2, 7, 4]);
    expect(markedClasses(scene, { brush: picked, selection: null })).toEqual([2, 7]);
    expect(markedClasses(scene, { brush: picked, selection: { ...answer, layer: hidden } })).toEqual([2, 7]);
    expect(markedClasses(scene, { brush: picked, selection: { ...answer, neuron: null } })).toEqual([2, 7]);
  });
});
