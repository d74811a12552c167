import { expect, it } from "vitest";
import type { WorkerState } from "../api/types.ts";
import { readyOf } from "./async.ts";
import { WorkerChecks } from "./worker.svelte.ts";

const idle = { enabled: true, status: "idle", done: 0, total: 0 } as WorkerState;
const wait = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

it("asks again while something is being done, and then no more", async () => {
  const answers = [1, 2, 3].map((done) => ({ ...idle, status: done < 3 ? "working" : "done", done }) as WorkerState);
  let asked = 0;
  const next = async (): Promise<WorkerState> => answers[asked++] ?? idle;
  let found = 0;
  const onfound = () => found++;
  const worker = { worker: next, begin: next, beginPath: next, cancel: next };
  const checks = new WorkerChecks(worker, new AbortController().signal, { every: 5, onfound });
  checks.begin("check", { columns: [], images: 20 });
  await wait(120);
  expect(found).toBe(1);
  expect(asked).toBe(3);
  expect(readyOf(checks.state)?.status).toBe("done");
});

it("says why an order was refused, and keeps the state", async () => {
  const refuse = async (): Promise<WorkerState> => {
    throw Object.assign(new Error("It is busy."), { remedy: "Wait." });
  };
  const worker = { worker: async () => idle, begin: refuse, beginPath: refuse, cancel: refuse };
  const checks = new WorkerChecks(worker, new AbortController().signal, { every: 5 });
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
  const checks = new WorkerChecks({ worker, begin: worker, beginPath: worker, cancel: worker }, stop.signal, {
    every: 5,
  });
  checks.watch();
  await wait(3);
  stop.abort();
  await wait(30);
  expect(asked).toBeLessThanOrEqual(2);
});
