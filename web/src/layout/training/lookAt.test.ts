import { expect, it } from "vitest";
import type { Finding, Scene } from "../../api/types.ts";
import { NO_BRUSH, START } from "../../state/viewState.ts";
import { lookAt } from "./lookAt.ts";

const scene = { layers: [{ id: "relu" }], groups: [] } as unknown as Scene;
const finding = {
  rule: "dead-relu",
  layer: "relu",
  neurons: [1, 2],
  first_step: 4,
  evidence_step: 7,
} as unknown as Finding;

it("goes to where a finding began and when its evidence is there, and lights its neurons", () => {
  const part = lookAt(scene, START, finding);
  expect(part.training).toEqual({ ...START.training, finding: "dead-relu", step: 7 });
  expect(part.selection).toEqual({ layer: "relu", cluster: null, neuron: null });
  expect(part.brush).toEqual({ layer: "relu", neurons: [1, 2], classes: [] });
});

it("leaves the selection where a finding is about no layer that is shown", () => {
  const selection = { layer: "relu", cluster: "0", neuron: null };
  const part = lookAt(scene, { ...START, selection }, { ...finding, layer: "" });
  expect(part.selection).toEqual(selection);
  expect(part.brush).toEqual(NO_BRUSH);
});

it("takes the light away with the finding, and keeps the step", () => {
  const user = { ...START, training: { ...START.training, finding: "dead-relu", step: 7 } };
  expect(lookAt(scene, user, null)).toEqual({ training: { ...user.training, finding: null }, brush: NO_BRUSH });
});
