import { describe, expect, it } from "vitest";
import type { Strand } from "../../layout/connections/picture.ts";
import { LIGHT } from "../../theme/theme.ts";
import { fansSvg, nodesSvg, pathOf, strandsSvg, traceSvg } from "./strands.ts";
import { all, pointsOf, readXml } from "./testing.ts";

const strand = (sign: 1 | -1, ends: Partial<Strand> = {}): Strand => ({
  item: 0,
  source: 0,
  target: 0,
  sign,
  width: 3,
  skip: false,
  points: [0, 0, 50, 0, 50, 100, 100, 100],
  ...ends,
});
const read = (markup: string) => readXml(`<g>${markup}</g>`);

describe("connections as paths", () => {
  it("go through the points of their curves, piece by piece", () => {
    const points = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13];
    expect(pathOf(points)).toBe("M0 1C2 3 4 5 6 7C8 9 10 11 12 13");
    expect(pointsOf(pathOf(points)).flat()).toEqual(points);
  });

  it("are a path each; dashed and of another colour where they inhibit", () => {
    const strands = [strand(1), strand(-1), strand(1), strand(1)];
    const made = read(strandsSvg(strands, [1, 1, 0.5, 0], LIGHT));
    // What cannot be seen is left out.
    expect(all(made, "path")).toHaveLength(3);
    const dashed = all(made, "g").filter((one) => one.attributes["stroke-dasharray"]);
    expect(dashed).toHaveLength(1);
    expect(dashed[0]?.attributes.stroke).toBe(LIGHT.colour.negative);
    expect(strandsSvg([], [], LIGHT)).toBe("");
  });

  it("have arrowheads where they are trunks", () => {
    const trunk = strand(1, { source: null, target: null, points: [0, 9, 100, 9, 300, 9, 400, 9] });
    const paths = all(read(strandsSvg([trunk], [1], LIGHT)), "path");
    expect(paths).toHaveLength(2);
    expect(paths[1]?.attributes.d?.match(/M/g)).toHaveLength(2);
  });
});

it("nodes are full where they excite, hollow and angular where they inhibit", () => {
  const node = { item: 0, x: 50, y: 20, size: 12 };
  const [excites, inhibits] = all(
    read(
      nodesSvg(
        [
          { node, sign: 1, opacity: 1 },
          { node, sign: -1, opacity: 0.2 },
        ],
        LIGHT,
      ),
    ),
    "rect",
  );
  expect(excites?.attributes).toMatchObject({ fill: LIGHT.colour.positive, rx: "4.25" });
  expect(inhibits?.attributes).toMatchObject({
    fill: LIGHT.colour.stage,
    stroke: LIGHT.colour.negative,
    opacity: "0.2",
  });
  expect(inhibits?.attributes.rx).toBeUndefined();
});

it("a fan has a line to every class, a way a line under each step", () => {
  const box = { left: 10, right: 90, top: 0, bottom: 40, fan: [5, 25, 60] };
  expect(all(read(fansSvg([{ box, opacity: 0.75 }], LIGHT)), "path")[0]?.attributes.d?.match(/C/g)).toHaveLength(3);
  const steps = [true, false].map((current) => ({ current, points: strand(1).points }));
  const widths = all(read(traceSvg(steps, LIGHT)), "path").map((path) => path.attributes["stroke-width"]);
  expect(widths).toEqual(["9", "4", "7", "2.5"]);
});
