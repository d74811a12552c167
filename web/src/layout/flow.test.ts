import { describe, expect, it } from "vitest";
import { bandPath, type FlowBar, flowPicture } from "./flow.ts";

const cluster = (id: string, size: number) => ({
  id,
  title: `title of ${id}`,
  neurons: Array.from({ length: size }, (_, n) => n),
});
const before = [cluster("c1", 60), cluster("c2", 30), cluster("c3", 1)];
const after = [cluster("c4", 61), cluster("c1", 30)];
const flows = [
  { source: "c1", target: "c1", neurons: 30 },
  { source: "c1", target: "c4", neurons: 30 },
  { source: "c2", target: "c4", neurons: 30 },
  { source: "c3", target: "c4", neurons: 1 },
];
const picture = flowPicture({ before, after, flows }, 200);

describe("flowPicture", () => {
  it("fills the room with bars that do not overlap and have room for words", () => {
    for (const bars of [picture.before, picture.after]) {
      let y = -6;
      for (const bar of bars) {
        expect(bar.y).toBeCloseTo(y + 6, 5);
        expect(bar.height).toBeGreaterThanOrEqual(13 - 1e-9);
        y = bar.y + bar.height;
      }
      expect(y).toBeCloseTo(200, 3);
    }
    const [large, half] = picture.before as [FlowBar, FlowBar];
    expect(large.height / half.height).toBeCloseTo(2, 3);
  });

  it("puts new clusters where their neurons come from", () => {
    expect(picture.after.map((bar) => bar.id)).toEqual(["c1", "c4"]);
  });

  it("parts every bar among its bands, in an order in which those of one bar do not cross", () => {
    const sides = [
      ["before", "from", "source"],
      ["after", "to", "target"],
    ] as const;
    for (const [side, end, own] of sides) {
      for (const bar of picture[side]) {
        const inside = picture.bands.filter((band) => band[own] === bar.id).sort((a, b) => a[end][0] - b[end][0]);
        let { y } = bar;
        for (const band of inside) {
          expect(band[end][0]).toBeCloseTo(y, 6);
          y += band[end][1];
        }
        expect(y).toBeCloseTo(bar.y + bar.height, 6);
        const others = inside.map((band) => band[end === "from" ? "to" : "from"][0]);
        expect(others).toEqual([...others].sort((a, b) => a - b));
      }
    }
    expect(picture.bands.filter((band) => band.stays).map((band) => band.source)).toEqual(["c1"]);
  });

  it("has room for many small clusters all the same", () => {
    const many = Array.from({ length: 40 }, (_, n) => cluster(`c${n}`, 1));
    const bars = flowPicture({ before: many, after: many, flows: [] }, 300).before;
    const last = bars.at(-1);
    expect((last?.y ?? 0) + (last?.height ?? 0)).toBeLessThanOrEqual(300 + 1e-6);
    expect(flowPicture({ before: [], after: [], flows: [] }, 300)).toEqual({ before: [], after: [], bands: [] });
  });
});

it("draws a band as a closed outline", () => {
  const path = bandPath({ from: [10, 4], to: [20, 8] }, 0, 100);
  expect(path).toBe("M0.0 10.0C50.0 10.0 50.0 20.0 100.0 20.0V28.0C50.0 28.0 50.0 14.0 0.0 14.0Z");
});
