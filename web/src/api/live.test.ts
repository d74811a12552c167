import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { type Connection, follow } from "./live.ts";
import type { LiveState } from "./types.ts";

const state = (last: number): LiveState => ({ last, mark: `m${last}` }) as LiveState;

/** A server whose answers a test gives. */
function followed(seen: () => Promise<void> = () => Promise.resolve()) {
  const stop = new AbortController();
  const [states, said, asked]: [number[], Connection[], string[]] = [[], [], []];
  let settle: { resolve: (state: LiveState) => void; reject: (error: Error) => void } | null = null;
  const next = (mark: string): Promise<LiveState> => {
    asked.push(mark);
    return new Promise((resolve, reject) => {
      settle = { resolve, reject };
    });
  };
  void follow(
    { onstate: ({ last }) => states.push(last), onconnection: (one) => said.at(-1) !== one && said.push(one) },
    { next, seen, pace: 100, again: 300 },
    stop.signal,
  );
  const answer = async (what: LiveState | Error, time: number): Promise<void> => {
    if (what instanceof Error) settle?.reject(what);
    else settle?.resolve(what);
    await vi.advanceTimersByTimeAsync(time);
  };
  return { stop, states, said, asked, answer };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it("asks for what differs from what it has", async () => {
  const { states, said, asked, answer } = followed();
  await vi.advanceTimersByTimeAsync(0);
  await answer(state(1), 100);
  await answer(state(2), 99);
  expect(asked).toEqual(["", "m1"]);
  await vi.advanceTimersByTimeAsync(1);
  expect([states, said, asked]).toEqual([[1, 2], ["live"], ["", "m1", "m2"]]);
});

it("comes back after the server was started again, however long that takes", async () => {
  const { states, said, asked, answer } = followed();
  await vi.advanceTimersByTimeAsync(0);
  await answer(state(1), 100);
  for (let round = 0; round < 5; round++) await answer(new Error("gone"), 300);
  expect(said).toEqual(["live", "lost"]);
  await answer(state(1), 100);
  expect([states, said]).toEqual([
    [1, 1],
    ["live", "lost", "live"],
  ]);
  expect(asked).toEqual(["", "m1", "", "", "", "", "", "m1"]);
});

it("asks nothing while nobody looks", async () => {
  let look = (): void => {};
  const { asked } = followed(() => new Promise((done) => (look = done)));
  await vi.advanceTimersByTimeAsync(5000);
  expect(asked).toEqual([]);
  look();
  await vi.advanceTimersByTimeAsync(0);
  expect(asked).toEqual([""]);
});

it("ends with its signal", async () => {
  const { stop, states, asked, answer } = followed();
  await vi.advanceTimersByTimeAsync(0);
  await answer(state(5), 10);
  stop.abort();
  await vi.advanceTimersByTimeAsync(5000);
  expect([states, asked]).toEqual([[5], [""]]);
});
