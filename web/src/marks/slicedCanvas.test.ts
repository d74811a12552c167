import { beforeEach, expect, it, vi } from "vitest";
import { type Clock, SlicedCanvas } from "./slicedCanvas.ts";

/** As much of a canvas and of its host as is needed. */
class FakeCanvas {
  width = 0;
  height = 0;
  style: Record<string, string> = {};
  getContext = () => ({ setTransform: () => {} });
}

class FakeHost {
  dataset: Record<string, string> = {};
  children: unknown[] = [];
  get firstElementChild(): unknown {
    return this.children[0] ?? null;
  }
  replaceChildren(...next: unknown[]): void {
    this.children = next;
  }
}

/** A clock that goes on by a millisecond with every look at it. */
class Steps implements Clock {
  time = 0;
  waiting: (() => void)[] = [];
  now = (): number => this.time++;
  next = (call: () => void): number => this.waiting.push(call);
  stop = (): void => {
    this.waiting = [];
  };
  frame(): void {
    const [call] = this.waiting;
    this.waiting = [];
    call?.();
  }
}

const PLACE = { left: 10, top: 20, right: 110, bottom: 70, scale: 2 };

function* counted(steps: number, done: number[]): Generator<void> {
  for (let i = 0; i < steps; i++) {
    done.push(i);
    yield;
  }
}

beforeEach(() => {
  vi.stubGlobal("HTMLCanvasElement", FakeCanvas);
  vi.stubGlobal("document", { createElement: () => new FakeCanvas() });
});

function made(): { host: FakeHost; clock: Steps; canvas: SlicedCanvas } {
  const [host, clock] = [new FakeHost(), new Steps()];
  return { host, clock, canvas: new SlicedCanvas(host as unknown as HTMLElement, clock) };
}

it("shows at once what is soon drawn, in its place", () => {
  const { host, canvas } = made();
  canvas.paint(PLACE, () => counted(2, []));
  const shown = host.children[0] as FakeCanvas;
  expect([shown.width, shown.height]).toEqual([200, 100]);
  expect(shown.style).toEqual({ left: "10px", top: "20px", width: "100px", height: "50px" });
  expect(host.dataset.drawn).toBe("");
});

it("draws much over several frames, and shows the one before until then", () => {
  const { host, clock, canvas } = made();
  canvas.paint(PLACE, () => counted(1, []));
  const before = host.children[0];
  const done: number[] = [];
  canvas.paint(PLACE, () => counted(20, done));
  expect(done.length).toBeGreaterThan(0);
  expect(done.length).toBeLessThan(10);
  expect(host.children[0]).toBe(before);
  expect(host.dataset.drawn).toBeUndefined();
  let frames = 0;
  while (clock.waiting.length > 0 && frames < 50) {
    clock.frame();
    frames++;
  }
  expect(frames).toBeGreaterThan(1);
  expect(done).toHaveLength(20);
  expect(host.children).toHaveLength(1);
  expect(host.children[0]).not.toBe(before);
  expect(host.dataset.drawn).toBe("");
});

it("gives up what something newer takes the place of", () => {
  const { host, clock, canvas } = made();
  const [old, next]: number[][] = [[], []];
  canvas.paint(PLACE, () => counted(30, old ?? []));
  const half = old?.length;
  canvas.paint(PLACE, () => counted(3, next ?? []));
  for (let frame = 0; frame < 20; frame++) clock.frame();
  expect(old?.length).toBe(half);
  expect(next).toHaveLength(3);
  expect(host.children).toHaveLength(1);
});

it("can be empty again", () => {
  const { host, clock, canvas } = made();
  canvas.paint(PLACE, () => counted(30, []));
  canvas.clear();
  clock.frame();
  expect(host.children).toEqual([]);
  expect(host.dataset.drawn).toBeUndefined();
});
