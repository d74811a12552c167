import { expect, test } from "vitest";
import { DrawQueue } from "./drawQueue.ts";

/** A clock that only drawings move on, and frames by hand. */
function byHand() {
  const frames: (() => void)[] = [];
  const clock = { time: 0, now: () => clock.time, next: (call: () => void) => void frames.push(call) };
  const done: number[] = [];
  const queue = new DrawQueue(clock);
  const add = (name: number, takes: number) =>
    queue.add(() => {
      clock.time += takes;
      done.push(name);
    });
  return { frames, done, add, queue, clock, frame: () => frames.shift()?.() };
}

test("as many drawings as a frame has room for, in their order", () => {
  const { frames, done, add, queue, frame } = byHand();
  queue.moved();
  for (let name = 0; name < 4; name++) add(name, 1);
  expect([done.length, frames.length]).toEqual([0, 1]);
  frame();
  expect(done).toEqual([0, 1]);
  frame();
  expect(done).toEqual([0, 1, 2, 3]);
  expect(frames.length).toBe(0);
});

test("one drawing per frame at least", () => {
  const { done, add, frame } = byHand();
  add(0, 90);
  add(1, 90);
  frame();
  expect(done).toEqual([0]);
  frame();
  expect(done).toEqual([0, 1]);
});

test("what is given up is not drawn, and what comes later is", () => {
  const { frames, done, add, frame } = byHand();
  const giveUp = add(0, 1);
  giveUp();
  frame();
  expect(done).toEqual([]);
  expect(frames.length).toBe(0);
  add(1, 1);
  frame();
  expect(done).toEqual([1]);
});

test("more of them the longer nothing has moved, and no other that would take too long", () => {
  const { done, add, queue, clock, frame } = byHand();
  queue.moved();
  clock.time = 350;
  for (let name = 0; name < 20; name++) add(name, 2.5);
  frame();
  expect(done).toEqual([0, 1]);
  clock.time = 3500;
  frame();
  expect(done).toHaveLength(2 + 12);
});

test("before the first move the picture is drawn at once", () => {
  const { done, add, frame } = byHand();
  for (let name = 0; name < 20; name++) add(name, 1);
  frame();
  expect(done).toHaveLength(20);
});

test("what takes many steps takes turns with the others", () => {
  const { done, add, queue, clock, frame } = byHand();
  queue.moved();
  let left = 3;
  queue.add(() => {
    clock.time += 1;
    done.push(-left);
    return --left > 0;
  });
  for (let name = 0; name < 3; name++) add(name, 1);
  frame();
  expect(done).toEqual([-3, 0]);
  frame();
  expect(done).toEqual([-3, 0, 1, 2]);
  frame();
  expect(done).toEqual([-3, 0, 1, 2, -2, -1]);
});

test("what fails holds up nothing else", () => {
  const { done, add, queue, frame } = byHand();
  queue.add(() => {
    throw new Error("no");
  });
  add(0, 1);
  expect(frame).toThrow("no");
  frame();
  expect(done).toEqual([0]);
});

test("what gives itself up has no other turn", () => {
  const { frames, queue, frame } = byHand();
  const giveUp = queue.add(() => {
    giveUp();
    return true;
  });
  frame();
  expect(frames.length).toBe(0);
});
