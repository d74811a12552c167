import { expect, it } from "vitest";
import { between, onlyMoved, sameColumns } from "./glide.ts";
import type { PlacedColumn, Stage } from "./stage.ts";

const card = (id: string, y: number, height = 10) => ({
  id,
  y,
  height,
  lines: 1 as const,
  tiling: null,
});

function stage(...cards: ReturnType<typeof card>[]): Stage {
  const column = { key: "a", kind: "clusters" } as PlacedColumn["column"];
  const placed: PlacedColumn = { column, x: 0, y: 0, width: 50, height: 100, cards, pending: false };
  return { columns: [placed], spans: [], width: 60, height: 120, top: 0 };
}

const before = stage(card("a", 0), card("b", 20), card("c", 40));
const after = stage(card("c", 0), card("a", 20), card("b", 40));

it("lets cards glide only when nothing but their order has changed", () => {
  expect(onlyMoved(before, after)).toBe(true);
  expect(onlyMoved(before, stage(card("a", 0), card("b", 20)))).toBe(false);
  expect(onlyMoved(before, stage(card("a", 0), card("b", 20), card("d", 40)))).toBe(false);
  expect(onlyMoved(before, stage(card("c", 0, 11), card("a", 20), card("b", 40)))).toBe(false);
  expect(onlyMoved(before, { ...after, width: 61 })).toBe(false);
});

it("begins where the cards stood and ends where they belong", () => {
  const places = (of: Stage): Map<string, number> => new Map(of.columns[0]?.cards.map((one) => [one.id, one.y]));
  expect(places(between(before, after, 0))).toEqual(places(before));
  expect(between(before, after, 1)).toEqual(after);
  expect(places(between(before, after, 0.25))).toEqual(
    new Map([
      ["a", 5],
      ["b", 25],
      ["c", 30],
    ]),
  );
});

it("takes cards that grow, come or go to where they will be, and columns with them", () => {
  const grown = stage(card("a", 0, 30), card("new", 40), card("c", 60));
  const [column] = grown.columns as [PlacedColumn];
  const wider = { ...grown, columns: [{ ...column, x: 10, width: 70 }], width: 80 };
  expect(sameColumns(before, wider)).toBe(true);
  const half = between(before, wider, 0.5);
  expect(half.columns[0]?.cards.map((one) => [one.id, one.y, one.height])).toEqual([
    ["a", 0, 20],
    ["new", 40, 10],
    ["c", 50, 10],
  ]);
  expect([half.columns[0]?.x, half.columns[0]?.width, half.width]).toEqual([5, 60, 70]);
  expect(between(before, wider, 1)).toEqual(wider);
});

it("does not take a column that has just come for one that was changed", () => {
  const [column] = before.columns as [PlacedColumn];
  expect(sameColumns({ ...before, columns: [{ ...column, pending: true }] }, before)).toBe(false);
  expect(sameColumns({ ...before, columns: [] }, before)).toBe(false);
});
