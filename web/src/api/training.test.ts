import { afterEach, expect, it, vi } from "vitest";
import { RunClient } from "./client.ts";

const signal = new AbortController().signal;
const asked = (): string[] => vi.mocked(fetch).mock.calls.map(([address]) => String(address));

vi.stubGlobal(
  "fetch",
  vi.fn(async () => new Response("{}")),
);
afterEach(() => vi.mocked(fetch).mockClear());

it("asks for curves by place and name, and for a window of steps", async () => {
  const training = new RunClient("a b").training;
  const curves = [
    { name: "metric/val loss", place: 0 },
    { name: "learning_rate", place: 1 },
  ];
  await training.curves({ curves, window: [5, 90], buckets: 300 }, signal);
  await training.layers({ rows: ["zeros"], window: null, buckets: 20 }, signal);
  await training.next("5a", signal);
  expect(asked()).toEqual([
    "api/runs/a%20b/training/curves?buckets=300&first=5&last=90&curve=0%3Ametric%2Fval+loss&curve=1%3Alearning_rate",
    "api/runs/a%20b/training/layers?buckets=20&row=zeros",
    "api/runs/a%20b/training/events?mark=5a",
  ]);
});

it("says which snapshot it is about, wherever that matters", async () => {
  const run = new RunClient("a");
  run.moment = { step: 20, basis: [20, 40] };
  await run.scene(signal);
  await run.layer("x", signal);
  await run.neuron("x:1", signal);
  await run.connections({ columns: ["x", "y"], mode: null, share: 0.5, all: false }, signal);
  await run.graph(signal);
  await run.edits?.undo({ revision: 1 }, signal);
  expect(asked()).toEqual([
    "api/runs/a/scene?step=20&basis=20&basis=40",
    "api/runs/a/layer?id=x&step=20&basis=20&basis=40",
    "api/runs/a/neuron?id=x%3A1&step=20&basis=20&basis=40",
    "api/runs/a/connections?column=x&column=y&share=0.5&step=20&basis=20&basis=40",
    "api/runs/a/graph",
    "api/runs/a/edits/undo?step=20&basis=20&basis=40",
  ]);
});
