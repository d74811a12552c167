import { describe, expect, it } from "vitest";
import { readTraining, START_TRAINING, type TrainingView, trainingStep, writeTraining } from "./trainingView.ts";

const FULL: TrainingView = {
  stage: "layers",
  step: 1200,
  follow: true,
  window: [10, 900],
  log: true,
  smooth: 0.6,
  tint: "gradient",
  finding: "dead-relu",
  open: false,
};

describe("a training in an address", () => {
  it.each([
    ["nothing", START_TRAINING],
    ["everything", FULL],
    ["the first step", { ...START_TRAINING, step: 0 }],
  ])("comes back the same with %s", (_, view) => {
    const query = new URLSearchParams();
    writeTraining(query, view);
    expect(readTraining(new URLSearchParams(query.toString()))).toEqual(view);
  });

  it("is short when nothing was chosen", () => {
    const query = new URLSearchParams();
    writeTraining(query, START_TRAINING);
    expect(query.toString()).toBe("");
  });

  it("leaves out what is not understood", () => {
    for (const text of ["stage=x&step=-1&steps=9-2&smooth=2&strip=x", "steps=5&smooth=x&step=1.5", "steps=a-b"]) {
      expect(readTraining(new URLSearchParams(text))).toEqual(START_TRAINING);
    }
  });
});

it("counts neither the step nor the look of curves as a step back", () => {
  const key = (view: TrainingView): string => JSON.stringify(trainingStep(view));
  expect(key({ ...FULL, step: 3, window: null, smooth: 0, log: false, open: true, follow: false })).toBe(key(FULL));
  expect(key({ ...FULL, finding: null })).not.toBe(key(FULL));
});
