import { describe, expect, it } from "vitest";
import type { Strand } from "../layout/connections/picture.ts";
import { LIGHT } from "../theme/theme.ts";
import { headsOf, looksOf, strandSteps, touches } from "./drawStrands.ts";

const strand = (sign: 1 | -1, width: number, x = 0): Strand => ({
  item: 0,
  source: 0,
  target: 0,
  sign,
  width,
  skip: false,
  points: [x, 0, x + 5, 0, x + 5, 9, x + 10, 9],
});

describe("looks", () => {
  it("hold strands that are drawn alike, and no sign with the other", () => {
    const strands = [strand(1, 2), strand(1, 2.1), strand(-1, 2), strand(1, 4)];
    const looks = looksOf(strands, [0.62, 0.62, 0.62, 0.62]);
    expect(looks.map((look) => look.strands)).toEqual([[3], [0, 1], [2]]);
    expect(looks.map((look) => look.sign)).toEqual([1, 1, -1]);
  });

  it("put what matters last, and leave out what cannot be seen", () => {
    const looks = looksOf([strand(1, 2), strand(1, 2), strand(1, 2)], [0.95, 0.06, 0]);
    expect(looks.map((look) => look.strands)).toEqual([[1], [0]]);
  });
});

it("draws every strand in the area once, dashed where it inhibits", () => {
  let dash: number[] = [];
  const drawn: { from: number; dashed: boolean; colour: string }[] = [];
  const pen = {
    beginPath: () => {},
    bezierCurveTo: () => {},
    moveTo: (x: number) => drawn.push({ from: x, dashed: dash.length > 0, colour: pen.strokeStyle }),
    stroke: () => {},
    setLineDash: (next: number[]) => {
      dash = next;
    },
    strokeStyle: "",
  };
  const area = { left: 0, top: 0, right: 100, bottom: 100 };
  const strands = [strand(1, 2), strand(-1, 2, 20), strand(1, 2, 500)];
  const style = { theme: LIGHT, opacity: [1, 1, 1], scale: 2, area };
  const steps = [...strandSteps(pen as unknown as CanvasRenderingContext2D, strands, style)];
  expect(steps).toEqual([]);
  expect(drawn).toEqual([
    { from: 0, dashed: false, colour: LIGHT.colour.positive },
    { from: 20, dashed: true, colour: LIGHT.colour.negative },
  ]);
});

it("may be interrupted every dozen curves", () => {
  const nothing = () => {};
  const pen = { beginPath: nothing, bezierCurveTo: nothing, moveTo: nothing, stroke: nothing, setLineDash: nothing };
  const area = { left: 0, top: 0, right: 100, bottom: 100 };
  const strands = Array.from({ length: 40 }, () => strand(1, 2));
  const style = { theme: LIGHT, opacity: strands.map(() => 1), scale: 1, area };
  const context = pen as unknown as CanvasRenderingContext2D;
  expect([...strandSteps(context, strands, style)]).toHaveLength(3);
});

it("shows where a trunk leads by arrowheads at equal distances", () => {
  const short = headsOf(0, 100);
  expect(short).toEqual([50]);
  const long = headsOf(100, 900);
  expect(long).toEqual([200, 400, 600, 800]);
});

it("knows which curves an area may show", () => {
  const area = { left: 0, top: 0, right: 10, bottom: 10 };
  expect(touches([-5, 5, 0, 5, 0, 5, 20, 5], area)).toBe(true);
  expect(touches([-5, 5, -4, 5, -3, 5, -1, 5], area)).toBe(false);
  expect(touches([0, 11, 5, 30, 6, 30, 9, 12], area)).toBe(false);
});
