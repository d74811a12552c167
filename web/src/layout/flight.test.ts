import { describe, expect, it } from "vitest";
import type { TilePlace } from "./card.ts";
import { flightArea, flown, flyersOf } from "./flight.ts";

const at = (x: number, y: number, side: number, cluster: string): TilePlace => ({ x, y, side, sprite: null, cluster });

describe("flyersOf", () => {
  const before = new Map([
    [0, at(0, 0, 10, "c1")],
    [1, at(10, 0, 10, "c1")],
    [2, at(0, 50, 10, "c2")],
  ]);
  const after = new Map([
    [0, at(0, 0, 10, "c1")],
    [1, at(20, 60, 20, "c2")],
    [2, at(0, 60, 10, "c2")],
    [3, at(5, 5, 5, "c1")],
  ]);

  it("takes every neuron from where it was to where it is, those that change their card last", () => {
    const flyers = flyersOf(before, after);
    expect(flyers.map((one) => [one.neuron, one.leaves])).toEqual([
      [0, false],
      [2, false],
      [3, false],
      [1, true],
    ]);
    const moved = flyers.at(-1);
    if (!moved) throw new Error("one of them moves");
    expect([flown(moved, 0), flown(moved, 0.5), flown(moved, 1)]).toEqual([
      [10, 0, 10],
      [15, 30, 15],
      [20, 60, 20],
    ]);
    expect(flyers[2]?.from).toEqual(flyers[2]?.to);
  });

  it("covers all that they pass", () => {
    expect(flightArea(flyersOf(before, after))).toEqual({ x: 0, y: 0, width: 40, height: 80 });
    expect(flightArea([])).toEqual({ x: 0, y: 0, width: 0, height: 0 });
  });

  it("follows in large layers those alone that change their card", () => {
    const many = new Map(Array.from({ length: 900 }, (_, n) => [n, at(n, 0, 1, "c1")] as const));
    const moved = new Map(many).set(7, at(7, 90, 1, "c2"));
    expect(flyersOf(many, moved).map((one) => one.neuron)).toEqual([7]);
  });
});
