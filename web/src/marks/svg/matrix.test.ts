import { describe, expect, it } from "vitest";
import { bareFrame, frameIn } from "../../layout/matrix/frame.ts";
import { LIGHT } from "../../theme/theme.ts";
import { classNamesSvg, matrixSvg, type SvgMatrix } from "./matrix.ts";
import { all, edgesOf, readXml, wordsOf } from "./testing.ts";

const columns = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    key: `${index}`,
    title: `class ${index}`,
    classes: [index],
    opens: false,
  }));
const measure = (text: string): number => 6 * text.length;
const draw = (part: Partial<SvgMatrix> & Pick<SvgMatrix, "frame">) =>
  readXml(
    `<g>${matrixSvg({
      columns: columns(part.frame.columns),
      rowTitle: (row) => `n${row}`,
      marks: { rows: [], columns: [], chosen: null, cursor: null },
      theme: LIGHT,
      cells: "data:cells",
      shareAt: null,
      measure,
      ...part,
    })}</g>`,
  );

describe("a matrix", () => {
  it("is one image over all of its cells", () => {
    const made = draw({ frame: bareFrame({ width: 100, height: 60 }, 12, 10) });
    const [image] = edgesOf(made);
    expect(image).toMatchObject({ left: 0, top: 0, right: 100, bottom: 60 });
    expect(image?.node.attributes["image-rendering"]).toBe("pixelated");
    expect(all(made, "text")).toHaveLength(0);
  });

  it("has a minus in every cell below 0 that has room for it", () => {
    const shareAt = (row: number, column: number): number => (row === 0 ? 0.1 : column < 2 ? 0.4 : 0.9);
    const minus = (size: number): number[] =>
      all(draw({ frame: bareFrame({ width: 3 * size, height: 2 * size }, 2, 3), shareAt }), "path").map(
        (path) => path.attributes.d?.match(/h5.2/g)?.length ?? 0,
      );
    expect(minus(20)).toEqual([2, 3]);
    expect(minus(10)).toEqual([]);
  });

  it("writes rows and columns where its frame has room, inside of it", () => {
    const frame = frameIn({ width: 640, height: 400 }, 8, columns(10));
    const made = draw({ frame });
    expect(all(made, "text").map(wordsOf)).toContain("n7");
    expect(all(made, "text")).toHaveLength(8 + 10);
    for (const { left, top, right } of edgesOf(made)) {
      expect(left).toBeGreaterThanOrEqual(0);
      expect(top).toBeGreaterThanOrEqual(-1);
      expect(right).toBeLessThanOrEqual(640);
    }
  });

  it("outlines what was picked and hatches what never fires", () => {
    const marks = { rows: [1, 2], columns: [0], chosen: 4, cursor: null };
    const made = draw({ frame: bareFrame({ width: 100, height: 60 }, 6, 10), marks, dead: [[5, 6]] });
    const lines = all(made, "rect").filter((one) => one.attributes.stroke === LIGHT.colour.accent);
    expect(lines.map((one) => [one.attributes.y, one.attributes.height])).toEqual([
      ["10", "20"],
      ["40", "10"],
      ["0", "60"],
    ]);
    expect(all(made, "path")).toHaveLength(1);
  });
});

it("names of classes stand under their cells, none over another", () => {
  const at = { x: 20, y: 300, width: 100, height: 40 };
  const made = readXml(`<g>${classNamesSvg(columns(50), at, { theme: LIGHT, measure, lit: [7] })}</g>`);
  const names = all(made, "text").filter((one) => !one.attributes["aria-hidden"]);
  expect(names.map(wordsOf)).toContain("…7");
  const places = names.map((one) => Number(one.attributes.x));
  places.slice(1).forEach((x, index) => {
    expect(x - (places[index] ?? 0)).toBeGreaterThanOrEqual(11 - 0.02);
  });
  for (const { left, right, bottom } of edgesOf(made)) {
    expect(left).toBeGreaterThanOrEqual(19);
    expect(right).toBeLessThanOrEqual(121);
    expect(bottom).toBeLessThanOrEqual(341);
  }
});
