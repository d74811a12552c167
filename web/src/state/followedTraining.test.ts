import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Follower } from "../api/live.ts";
import type { CurvesScene, Diagnosis, LiveState, TrainingScene } from "../api/types.ts";
import { readyOf } from "./async.ts";
import { FollowedTraining } from "./followedTraining.svelte.ts";
import { curvesKey, snapshotOf } from "./training.ts";

/** What the training does with a state that comes. */
let take: (state: LiveState) => void = () => {};
vi.mock("../api/live.ts", () => ({
  follow: ({ onstate }: Follower) => {
    take = onstate;
  },
}));

const live = (more: Partial<LiveState>): LiveState => ({
  mark: "",
  recording: "a",
  size: 10,
  last: 5,
  snapshots: [0],
  findings: "",
  complete: false,
  reading: null,
  ...more,
});
const send = async (more: Partial<LiveState>): Promise<void> => {
  take(live(more));
  await vi.advanceTimersByTimeAsync(0);
};

function training(gone = () => {}) {
  const asked: string[] = [];
  const note =
    <T>(what: string, value: T) =>
    async (): Promise<T> => {
      asked.push(what);
      return value;
    };
  const client = {
    scene: note("scene", { last: 5, snapshots: [0] } as unknown as TrainingScene),
    curves: note("curves", { first: 0, last: 5, curves: [] } as CurvesScene),
    layers: note("layers", { first: 0, last: 5, rows: [] }),
    at: note("at", { step: 5, layers: [] }),
    findings: note("findings", { findings: [] } as unknown as Diagnosis),
    next: note("next", live({})),
  };
  const stop = new AbortController();
  return { asked, stop, training: new FollowedTraining(client, stop.signal, gone, 100) };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("a followed training", () => {
  it("draws what is wanted anew when there is more, and not more often than it may", async () => {
    const { asked, training: one } = training();
    one.curves.want("plot", [curvesKey({ curves: [], window: null, buckets: 9 })]);
    await vi.advanceTimersByTimeAsync(0);
    await send({});
    expect(asked).toEqual(["scene", "curves"]);
    for (let size = 11; size < 20; size++) await send({ size });
    await vi.advanceTimersByTimeAsync(100);
    expect(asked).toEqual(["scene", "curves", "curves", "scene"]);
    await send({ size: 19 });
    await vi.advanceTimersByTimeAsync(500);
    expect(asked).toHaveLength(4);
  });

  it("draws anew what has come since it was asked for first", async () => {
    const { asked } = training();
    await vi.advanceTimersByTimeAsync(0);
    await send({ last: 9 });
    await vi.advanceTimersByTimeAsync(100);
    expect(asked).toEqual(["scene", "scene"]);
  });

  it("reads findings when they are others", async () => {
    const { asked, training: one } = training();
    await send({ findings: "x" });
    await send({ findings: "x" });
    expect(asked.filter((what) => what === "findings")).toHaveLength(1);
    expect(readyOf(one.findings)).toEqual({ findings: [] });
    await send({ findings: "y" });
    expect(asked.filter((what) => what === "findings")).toHaveLength(2);
  });

  it("changes nothing by itself when there is a newer snapshot", async () => {
    const { training: one } = training();
    one.begin(0);
    await send({});
    expect([one.newer, one.shown]).toEqual([null, [0]]);
    await send({ snapshots: [0, 10, 20] });
    expect([one.newer, one.shown, one.basis]).toEqual([20, [0], [0]]);
    one.takeNewer();
    expect([one.newer, one.shown, one.basis]).toEqual([null, [0, 10, 20], [0, 20]]);
    one.begin(5);
    expect(one.basis).toEqual([0, 20]);
  });

  it("says when the training was begun anew", async () => {
    const gone = vi.fn();
    training(gone);
    await send({});
    await send({ recording: "b" });
    expect(gone).toHaveBeenCalledOnce();
  });

  it("waits while a long series is read, and while nobody looks", async () => {
    const { asked, training: one } = training();
    await send({});
    await send({ reading: 0.4, recording: "" });
    expect(one.state?.recording).toBe("a");
    vi.stubGlobal("document", { visibilityState: "hidden" });
    await send({ size: 99 });
    await vi.advanceTimersByTimeAsync(1000);
    expect(asked).toEqual(["scene"]);
    vi.stubGlobal("document", { visibilityState: "visible" });
    await vi.advanceTimersByTimeAsync(200);
    expect(asked).toEqual(["scene", "scene"]);
  });
});

it("shows the last snapshot up to a step, the first before it", () => {
  expect(snapshotOf([0, 10, 20], null)).toBe(20);
  expect(snapshotOf([0, 10, 20], 19)).toBe(10);
  expect(snapshotOf([5, 10], 2)).toBe(5);
  expect(snapshotOf([], 3)).toBeNull();
});
