import { describe, expect, it } from "vitest";
import { seeded } from "../../../mock/random.ts";
import type { ClusterBox } from "./boxes.ts";
import { level } from "./picture.ts";
import { type PortEnd, portHeights } from "./ports.ts";
import { widthOf } from "./widths.ts";

const box = (left: number, top: number, height: number): ClusterBox => ({
  left,
  right: left + 100,
  top,
  bottom: top + height,
  fan: [],
});
const boxes = new Map([
  ["a", box(0, 0, 80)],
  ["b", box(0, 100, 30)],
  ["c", box(0, 150, 200)],
]);

/** Height of a level curve at an x, by bisection of its parameter. */
function heightAt(points: readonly number[], x: number): number {
  const at = (axis: number, t: number): number => {
    const [p = 0, q = 0, r = 0, s = 0] = [0, 2, 4, 6].map((i) => points[i + axis] ?? 0);
    const u = 1 - t;
    return u * u * u * p + 3 * u * u * t * q + 3 * u * t * t * r + t * t * t * s;
  };
  let [low, high] = [0, 1];
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    if (at(0, middle) < x) low = middle;
    else high = middle;
  }
  return at(1, low);
}

describe("ports", () => {
  it("keep curves of one box from crossing on their way to the same column", () => {
    const random = seeded(5);
    for (let trial = 0; trial < 40; trial++) {
      const ends: PortEnd[] = Array.from({ length: 8 }, () => ({
        key: "a",
        side: "right",
        share: random() * 0.1,
        toward: [180, random() * 600 - 200],
      }));
      const heights = portHeights(ends, boxes);
      const curves = ends.map((end, i) => level([100, heights[i] ?? 0], end.toward));
      for (let i = 0; i < curves.length; i++) {
        for (let j = 0; j < i; j++) {
          const above = (x: number): boolean => heightAt(curves[i] ?? [], x) < heightAt(curves[j] ?? [], x);
          // Where they begin they may touch; from there on one stays above the other.
          expect(new Set([110, 130, 150, 170].map(above)).size).toBe(1);
        }
      }
    }
  });

  it("are in the order of the rays to where the curves go, whatever the distance", () => {
    const ends: PortEnd[] = [
      { key: "c", side: "left", share: 0.1, toward: [-300, 0] },
      { key: "c", side: "left", share: 0.1, toward: [-20, 240] },
      { key: "c", side: "left", share: 0.1, toward: [-20, 100] },
    ];
    const [far = 0, level_ = 0, steep = 0] = portHeights(ends, boxes);
    expect(steep).toBeLessThan(far);
    expect(far).toBeLessThan(level_);
  });

  it("give each curve room for its width, around the middle", () => {
    const ends: PortEnd[] = [0.3, 0.01].map((share) => ({ key: "c", side: "right", share, toward: [200, 250] }));
    const [wide = 0, thin = 0] = portHeights(ends, boxes);
    expect(Math.abs(thin - wide)).toBeGreaterThan((widthOf(0.3) + widthOf(0.01)) / 2);
    expect(wide).toBeLessThan(250);
    expect(thin).toBeGreaterThan(250);
  });

  it("stay within a box that is too low for all of them", () => {
    const ends: PortEnd[] = Array.from({ length: 30 }, (_, i) => ({
      key: "b",
      side: "right",
      share: 0.2,
      toward: [200, 10 * i],
    }));
    const heights = portHeights(ends, boxes);
    expect(Math.min(...heights)).toBeGreaterThan(100);
    expect(Math.max(...heights)).toBeLessThan(130);
    expect([...heights].sort((a, b) => a - b)).toEqual(heights);
  });

  it("of both sides are apart, and a box that is not there has none", () => {
    const ends: PortEnd[] = [
      { key: "a", side: "left", share: 0.1, toward: [-50, 40] },
      { key: "a", side: "right", share: 0.1, toward: [150, 40] },
      { key: "gone", side: "right", share: 0.1, toward: [150, 40] },
    ];
    expect(portHeights(ends, boxes)).toEqual([40, 40, 0]);
  });
});
