import { beforeEach, expect, it, vi } from "vitest";
import { type Clock, DrawQueue } from "./drawQueue.ts";
import { SlicedCanvas } from "./slicedCanvas.ts";

/** As much of a canvas and of its host as is needed. */
class FakeCanvas {
  width = 300;
  height = 150;
  style: Record<string, string> = {};
  getContext = () => ({ reset() {}, setTransform() {}, beginPath() {}, rect() {}, clip() {} });
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
  next = (call: () => void): void => void this.waiting.push(call);
  frame(): void {
    const [call] = this.waiting;
    this.waiting = [];
    call?.();
  }
}

const PLACE = { left: 10, top: 20, right: 160, bottom: 70, scale: 2 };

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
  return { host, clock, canvas: new SlicedCanvas(host as unknown as HTMLElement, new DrawQueue(clock)) };
}

it("shows in the next frame what is soon drawn, in its place and as sharp as the screen", () => {
  const { host, clock, canvas } = made();
  canvas.paint(PLACE, () => counted(1, []));
  clock.frame();
  const shown = host.children[0] as FakeCanvas;
  expect([shown.width, shown.height]).toEqual([512, 256]);
  expect([shown.style.width, shown.style.height]).toEqual(["512px", "256px"]);
  expect(shown.style.transform).toBe("translate(10px, 20px) scale(0.5)");
  expect(host.dataset.drawn).toBe("");
});

it("draws into the same canvases as long as there is room in them, unless they are very large", () => {
  const { host, clock, canvas } = made();
  const sizes = [900, 700, 500, 1200, 3000, 1200, 300].map((side) => {
    canvas.paint({ left: 0, top: 0, right: side, bottom: side, scale: 1 }, () => counted(0, []));
    clock.frame();
    return (host.children[0] as FakeCanvas).width;
  });
  // Two take turns.
  expect(sizes).toEqual([1024, 768, 1024, 1280, 3072, 1280, 512]);
});

it("draws much over several frames, and shows the one before until then", () => {
  const { host, clock, canvas } = made();
  canvas.paint(PLACE, () => counted(1, []));
  clock.frame();
  const before = host.children[0];
  const done: number[] = [];
  canvas.paint(PLACE, () => counted(100, done));
  clock.frame();
  expect(done.length).toBeGreaterThan(0);
  expect(done.length).toBeLessThan(100);
  expect(host.children[0]).toBe(before);
  expect(host.dataset.drawn).toBeUndefined();
  let frames = 0;
  while (clock.waiting.length > 0 && frames < 50) {
    clock.frame();
    frames++;
  }
  expect(frames).toBeGreaterThan(1);
  expect(done).toHaveLength(100);
  expect(host.children).toHaveLength(1);
  expect(host.children[0]).not.toBe(before);
  expect(host.dataset.drawn).toBe("");
});

it("gives up what something newer takes the place of", () => {
  const { host, clock, canvas } = made();
  const [old, next]: number[][] = [[], []];
  canvas.paint(PLACE, () => counted(100, old ?? []));
  clock.frame();
  const half = old?.length;
  canvas.paint(PLACE, () => counted(3, next ?? []));
  for (let frame = 0; frame < 20; frame++) clock.frame();
  expect(old?.length).toBe(half);
  expect(next).toHaveLength(3);
  expect(host.children).toHaveLength(1);
});

it("can be empty again", () => {
  const { host, clock, canvas } = made();
  canvas.paint(PLACE, () => counted(100, []));
  canvas.clear();
  clock.frame();
  expect(host.children).toEqual([]);
  expect(host.dataset.drawn).toBeUndefined();
});
