import { expect, it } from "vitest";
import { LIGHT } from "../../theme/theme.ts";
import { hatched } from "./hatch.ts";
import { all, pointsOf, readXml } from "./testing.ts";

it.each([
  [20, 20, 4],
  [100, 12, 6],
  [7, 90, 2.5],
])("hatches %i by %i and nothing beside it", (width, height, step) => {
  const read = readXml(`<g>${hatched({ x: 3, y: 5, width, height }, step, 1, LIGHT)}</g>`);
  const points = pointsOf(all(read, "path")[0]?.attributes.d ?? "");
  expect(points.length / 2).toBe(Math.ceil((width + height - step / 2) / step));
  for (const [x, y] of points) {
    expect(x).toBeGreaterThanOrEqual(3);
    expect(x).toBeLessThanOrEqual(3 + width);
    expect(y).toBeGreaterThanOrEqual(5);
    expect(y).toBeLessThanOrEqual(5 + height);
    // Both ends lie on the edge.
    const edges = [x - 3, 3 + width - x, y - 5, 5 + height - y];
    expect(Math.min(...edges.map(Math.abs))).toBeLessThan(0.011);
  }
});
