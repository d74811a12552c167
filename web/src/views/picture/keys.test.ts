import { describe, expect, it } from "vitest";
import { neighbour } from "./keys.ts";

const CARDS = [
  { id: "a1", x: 0, y: 0 },
  { id: "a2", x: 0, y: 50 },
  { id: "b1", x: 100, y: 10 },
  { id: "b2", x: 100, y: 60 },
  { id: "c1", x: 200, y: 40 },
];
const from = (id: string) => CARDS.find((card) => card.id === id) ?? { x: 0, y: 0 };

describe("neighbour", () => {
  it.each([
    ["a1", "down", "a2"],
    ["a2", "up", "a1"],
    ["a2", "right", "b2"],
    ["b1", "right", "c1"],
    ["c1", "left", "b2"],
    ["a1", "left", undefined],
    ["b2", "down", undefined],
  ] as const)("from %s %s is %s", (start, step, end) => {
    expect(neighbour(CARDS, from(start), step)?.id).toBe(end);
  });
});
