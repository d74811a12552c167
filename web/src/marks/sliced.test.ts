import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { atOnce, inSlices } from "./sliced.ts";

/** Work of so many steps, each of which takes four milliseconds. */
function* work(steps: number, done: number[]): Generator<number, string> {
  for (let step = 1; step <= steps; step++) {
    now += 4;
    done.push(step);
    yield step / steps;
  }
  return "made";
}

let now = 0;
beforeEach(() => {
  now = 0;
  vi.stubGlobal("document", { hidden: false });
  vi.stubGlobal("requestAnimationFrame", (call: () => void) => setTimeout(call));
  vi.spyOn(performance, "now").mockImplementation(() => now);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

it("lets the page have its turn between slices, and says how far it is", async () => {
  const done: number[] = [];
  const told: number[] = [];
  const making = inSlices(work(12, done), {
    signal: new AbortController().signal,
    progress: (share) => told.push(share),
  });
  expect(done).toEqual([1, 2, 3, 4, 5]);
  expect(await making).toBe("made");
  expect(done).toHaveLength(12);
  expect(told.at(-1)).toBe(1);
});

it("goes on in a window that nobody sees, where no frame is drawn", async () => {
  const followed = { signal: new AbortController().signal, progress: () => {} };
  vi.stubGlobal("requestAnimationFrame", () => 0);
  vi.stubGlobal("cancelAnimationFrame", () => {});
  // Put away in the middle, and from the beginning.
  expect(await inSlices(work(8, []), followed)).toBe("made");
  vi.stubGlobal("document", { hidden: true });
  expect(await inSlices(work(400, []), followed)).toBe("made");
});

it("stops in the middle when it is ended", async () => {
  const done: number[] = [];
  const end = new AbortController();
  const making = inSlices(work(1000, done), { signal: end.signal, progress: () => {} });
  end.abort();
  await expect(making).rejects.toThrow("abort");
  expect(done).toHaveLength(5);
});

it("does the same without a break", () => {
  const done: number[] = [];
  expect(atOnce(work(1000, done))).toBe("made");
  expect(done).toHaveLength(1000);
});
