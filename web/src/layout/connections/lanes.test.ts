import { describe, expect, it } from "vitest";
import { seeded } from "../../../mock/random.ts";
import type { PlacedColumn } from "../stage.ts";
import { type Item, itemsOf } from "./items.ts";
import { type Lane, lanesOf } from "./lanes.ts";
import { connections, gap, trunk } from "./testing.ts";
import { widthOf } from "./widths.ts";

const column = (index: number, y: number, height: number): PlacedColumn =>
  ({ x: 160 * index, y, width: 100, height, cards: [], pending: false }) as unknown as PlacedColumn;

function trunks(spans: readonly [number, number, number][]): Item[] {
  const ids = Array.from({ length: 9 }, (_, i) => [`c${i}`]);
  return itemsOf(
    connections(
      ids,
      spans.map(([source, target, share], i) =>
        gap({ source, target, trunks: [trunk([`c${source} c${target}`], { id: `t${i}`, share })] }),
      ),
    ),
  );
}

const lanesIn = (items: readonly Item[], columns: readonly (PlacedColumn | null)[], height = 300): Map<string, Lane> =>
  lanesOf({ items, columns, top: 90, bottom: 800, heights: () => [height, height] });

describe("lanes", () => {
  it("overlap neither each other nor a column that they pass", () => {
    const random = seeded(2);
    for (let trial = 0; trial < 30; trial++) {
      const columns = Array.from({ length: 9 }, (_, i) => column(i, 100 + 200 * random(), 100 + 300 * random()));
      const spans = Array.from({ length: 12 }, (): [number, number, number] => {
        const source = Math.floor(random() * 6);
        return [source, source + 2 + Math.floor(random() * (7 - source)), random()];
      });
      const items = trunks(spans);
      const lanes = lanesIn(items, columns, 700 * random());
      expect(lanes.size).toBe(12);
      const placed = items.map((item) => {
        const { y, left, right } = lanes.get(item.id) as Lane;
        const half = widthOf(item.share) / 2;
        for (const one of columns.slice(item.source + 1, item.target)) {
          expect(left).toBeLessThan(one.x);
          expect(right).toBeGreaterThan(one.x + one.width);
          expect(y + half < one.y || y - half > one.y + one.height).toBe(true);
        }
        return { top: y - half, bottom: y + half, left, right };
      });
      placed.forEach((a, i) => {
        for (const b of placed.slice(0, i)) {
          const apart = a.right < b.left || b.right < a.left || a.bottom < b.top || b.bottom < a.top;
          expect(apart).toBe(true);
        }
      });
    }
  });

  it("run at the side that is nearer to their ends, where there is room", () => {
    const columns = [column(0, 200, 200), column(1, 200, 200), column(2, 200, 200)];
    const items = trunks([[0, 2, 0.1]]);
    expect(lanesIn(items, columns, 210).get("t0")?.y).toBeLessThan(200);
    expect(lanesIn(items, columns, 390).get("t0")?.y).toBeGreaterThan(400);
    const tall = [column(0, 200, 200), column(1, 95, 400), column(2, 200, 200)];
    expect(lanesIn(items, tall, 100).get("t0")?.y).toBeGreaterThan(495);
  });

  it("of short ways are nearer to the columns", () => {
    const columns = Array.from({ length: 5 }, (_, i) => column(i, 200, 200));
    const lanes = lanesIn(
      trunks([
        [0, 4, 0.9],
        [1, 3, 0.1],
      ]),
      columns,
      210,
    );
    expect(lanes.get("t0")?.y).toBeLessThan(lanes.get("t1")?.y ?? 0);
  });

  it("are pushed together where there are more than there is room for, but stay off the columns", () => {
    const columns = [0, 1, 2, 3].map((i) => column(i, 100, 400));
    const items = trunks(Array.from({ length: 12 }, (_, i) => [i % 2, 3, 0.3]));
    const lanes = lanesOf({ items, columns, top: 90, bottom: 560, heights: () => [450, 450] });
    const heights = [...lanes.values()].map((lane) => lane.y).sort((a, b) => a - b);
    expect(heights[0]).toBeGreaterThan(500 + widthOf(0.3) / 2);
    expect(heights.at(-1)).toBeLessThanOrEqual(560);
    expect(new Set(heights).size).toBe(12);
  });

  it("are none where the columns in between are not in the picture", () => {
    expect(lanesIn(trunks([[0, 2, 0.5]]), [column(0, 100, 50), null, column(2, 100, 50)]).size).toBe(0);
  });
});
