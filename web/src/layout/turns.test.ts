import { expect, it } from "vitest";
import type { PlacedColumn } from "./stage.ts";
import { inTurn } from "./turns.ts";

const column = (x: number): PlacedColumn => ({ x, width: 100 }) as PlacedColumn;
const at = (of: string, x: number, y: number) => ({ of, place: { x, y } });
const SEEN = { left: 0, top: 0, right: 200, bottom: 100 };

it("goes from the middle outwards", () => {
  const all = [at("far", 20, 400), at("middle", 90, 50), at("next", 150, 60)];
  expect(inTurn(all, [column(0), column(100)], SEEN)).toEqual(["middle", "next", "far"]);
});

it("leaves out what is not near, whatever lies between the columns", () => {
  const all = [at("left", -10, 50), at("between", 150, 50), at("right", 301, 50)];
  expect(inTurn(all, [column(200), column(0)], SEEN)).toEqual(["between"]);
  expect(inTurn(all, [], SEEN)).toEqual([]);
});
