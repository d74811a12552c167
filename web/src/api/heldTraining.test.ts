import { expect, it } from "vitest";
import { HeldTraining } from "./heldTraining.ts";

const signal = new AbortController().signal;
const HELD: Record<string, unknown> = {
  "r/training": {
    recording: "a",
    first: 1,
    last: 9,
    snapshots: [9],
    plots: [
      {
        curves: [
          { name: "loss", place: 0 },
          { name: "metric/val loss", place: 0 },
        ],
      },
      {
        curves: [
          { name: "rate", place: 0 },
          { name: "rate", place: 1 },
        ],
      },
    ],
    rows: [{ id: "zeros" }, { id: "empty" }],
  },
  "r/training/curves?buckets=1000&curve=0%3Aloss&curve=0%3Ametric%2Fval+loss": {
    curves: [
      { name: "loss", place: 0, steps: [1, 3, 5, 7, 9], values: [5, 4, 3, 2, 1] },
      { name: "metric/val loss", place: 0, steps: [5], values: [9] },
    ],
  },
  "r/training/curves?buckets=1000&curve=0%3Arate&curve=1%3Arate": {
    curves: [
      { name: "rate", place: 0, steps: [1], values: [0.1] },
      { name: "rate", place: 1, steps: [1], values: [0.2] },
    ],
  },
  "r/training/layers?buckets=400&row=zeros": {
    rows: [{ row: "zeros", steps: [2, 4, 8], low: [[0, 1, 2]], high: [[0, 1, "inf"]] }],
  },
  "r/training/layers?buckets=400&row=empty": { rows: [{ row: "empty", steps: [], low: [], high: [] }] },
  "r/training/findings": { findings: [] },
};

async function read<T>(address: string): Promise<T> {
  if (!(address in HELD)) throw new Error(address);
  return HELD[address] as T;
}
const training = new HeldTraining("r", read);

it("gives the curves asked for, over all steps", async () => {
  const curves = [
    { name: "rate", place: 1 },
    { name: "loss", place: 0 },
  ];
  const found = await training.curves({ curves, window: null, buckets: 3 }, signal);
  expect([found.first, found.last]).toEqual([1, 9]);
  expect(found.curves.map((one) => [one.name, one.place, one.steps])).toEqual([
    ["loss", 0, [1, 3, 5, 7, 9]],
    ["rate", 1, [1]],
  ]);
});

it.each<[[number, number], number[]]>([
  [
    [4, 6],
    [3, 5, 7],
  ],
  [
    [1, 9],
    [1, 3, 5, 7, 9],
  ],
  [
    [6, 6],
    [5, 7],
  ],
  [[10, 12], [9]],
  [[0, 0], [1]],
])("cuts curves to %s with the points that lines run on to", async (window, steps) => {
  const { curves } = await training.curves({ curves: [{ name: "loss", place: 0 }], window, buckets: 3 }, signal);
  expect(curves[0]?.steps).toEqual(steps);
  expect(curves[0]?.values).toEqual(steps.map((step) => (11 - step) / 2));
});

it("cuts layers to a window", async () => {
  const found = await training.layers({ rows: ["zeros"], window: [3, 8], buckets: 9 }, signal);
  expect(found).toEqual({
    first: 3,
    last: 8,
    rows: [{ row: "zeros", steps: [4, 8], low: [[1, 2]], high: [[1, "inf"]] }],
  });
});

it.each([
  [1, 2, 0],
  [2, 2, 0],
  [7, 4, 1],
  [9, 8, "inf"],
])("says what was measured last up to step %i", async (step, measured, value) => {
  expect(await training.at(step, signal)).toEqual({
    step,
    layers: [{ row: "zeros", step: measured, values: [value] }],
  });
});

it("tells its state once, and nothing new after it", async () => {
  const end = new AbortController();
  const state = await training.next("", end.signal);
  expect(state).toMatchObject({ recording: "a", last: 9, snapshots: [9], complete: true, reading: null });
  expect(state.findings).not.toBe("");
  const more = training.next(state.mark, end.signal);
  end.abort(new Error("closed"));
  await expect(more).rejects.toThrow("closed");
});
