import { expect, it } from "vitest";
import type { CheckJob, WorkerState } from "../api/types.ts";
import { readyOf } from "./async.ts";
import { WorkerChecks } from "./worker.svelte.ts";

const idle = { enabled: true, status: "idle", done: 0, total: 0 } as WorkerState;
const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

it("asks again while something is being done, and then no more", async () => {
  const answers = [1, 2, 3].map((done) => ({ ...idle, status: done < 3 ? "working" : "done", done }) as WorkerState);
  let asked = 0;
  const next = async (): Promise<WorkerState> => answers[asked++] ?? idle;
  const checks = new WorkerChecks({ worker: next, order: next }, new AbortController().signal, { every: 5 });
  checks.check({} as CheckJob);
  await wait(120);
  expect(asked).toBe(3);
  expect(readyOf(checks.state)?.status).toBe("done");
});

it("says why an order was refused, and keeps the state", async () => {
  const refuse = async (): Promise<WorkerState> => {
    throw Object.assign(new Error("It is busy."), { remedy: "Wait." });
  };
  const checks = new WorkerChecks({ worker: async () => idle, order: refuse }, new AbortController().signal, {
    every: 5,
  });
  checks.watch();
  await wait(5);
  checks.cancel();
  await wait(5);
  expect(checks.refused).toEqual({ message: "It is busy.", remedy: "Wait." });
  expect(readyOf(checks.state)).toBe(idle);
});

it("stops asking when the run is closed", async () => {
  const stop = new AbortController();
  let asked = 0;
  const worker = async (): Promise<WorkerState> => {
    asked++;
    return { ...idle, status: "working" };
  };
  const checks = new WorkerChecks({ worker, order: worker }, stop.signal, { every: 5 });
  checks.watch();
  await wait(3);
  stop.abort();
  await wait(30);
  expect(asked).toBeLessThanOrEqual(2);
});

it("tells once that contributions have been computed anew", async () => {
  const result = { type: "connect", images: 9, clusters: 3, notes: [] };
  const done = { ...idle, status: "done", job: 4, result } as WorkerState;
  let told = 0;
  const answer = async (): Promise<WorkerState> => done;
  const options = { every: 5, onconnected: () => told++ };
  const checks = new WorkerChecks({ worker: answer, order: answer }, new AbortController().signal, options);
  checks.connect();
  await wait(5);
  checks.watch();
  await wait(5);
  expect(told).toBe(1);
});
