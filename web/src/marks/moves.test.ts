import { describe, expect, it } from "vitest";
import { seeded } from "../../mock/random.ts";
import { type Movable, Moves, type Point } from "./moves.ts";

/** A viewport that is moved, and how often it was. */
function picture(): Movable & { k: number; x: number; y: number; calls: number } {
  return {
    k: 1,
    x: 0,
    y: 0,
    calls: 0,
    onzoom(factor: number, { x, y }: Point) {
      this.x = x - (x - this.x) * factor;
      this.y = y - (y - this.y) * factor;
      this.k *= factor;
      this.calls++;
    },
    onpan(dx: number, dy: number) {
      this.x += dx;
      this.y += dy;
      this.calls++;
    },
  };
}

describe("Moves", () => {
  it("lead where they would have led one by one, with one frame for all", () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = seeded(seed);
      const [together, oneByOne] = [picture(), picture()];
      const frames: (() => void)[] = [];
      const moves = new Moves(together, (call) => frames.push(call));
      const places = [0, 1, 2].map(() => ({ x: 800 * random(), y: 600 * random() }));
      for (let turn = 0; turn < 25; turn++) {
        const at = places[Math.floor(3 * random())] as Point;
        if (random() < 0.5) {
          const factor = 0.8 + 0.45 * random();
          moves.zoom(factor, { ...at });
          oneByOne.onzoom(factor, at);
        } else {
          const [dx, dy] = [40 * random() - 20, 40 * random() - 20];
          moves.pan(dx, dy);
          oneByOne.onpan(dx, dy);
        }
        if (random() < 0.1) for (const call of frames.splice(0)) call();
      }
      expect(frames.length).toBeLessThanOrEqual(1);
      for (const call of frames.splice(0)) call();
      for (const key of ["k", "x", "y"] as const) expect(together[key]).toBeCloseTo(oneByOne[key], 6);
      expect(together.calls).toBeLessThanOrEqual(oneByOne.calls);
    }
  });

  it("of one kind are one move", () => {
    const target = picture();
    const frames: (() => void)[] = [];
    const moves = new Moves(target, (call) => frames.push(call));
    for (let turn = 0; turn < 9; turn++) moves.zoom(1.1, { x: 10, y: 20 });
    for (let turn = 0; turn < 9; turn++) moves.pan(1, 2);
    expect([frames.length, target.calls]).toEqual([1, 0]);
    frames[0]?.();
    expect(target.calls).toBe(2);
  });
});
