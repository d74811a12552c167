import { describe, expect, it } from "vitest";
import type { LayerRowFacts, StepScene } from "../../api/types.ts";
import {
  bandOf,
  cellOf,
  columnAt,
  layerColumns,
  layerNames,
  oddRows,
  outside,
  rowAxis,
  rowNumber,
  rowWords,
  shareOf,
  shortName,
  spanTitle,
  unusual,
} from "./layers.ts";

const row = (more: Partial<LayerRowFacts>): LayerRowFacts => ({
  id: "gradient",
  title: "gradient / weights",
  definition: "",
  scale: "log",
  low: 1e-6,
  high: 1,
  healthy: { low: 1e-3, high: 1, least: 1e-4, greatest: 5, relative: false, words: "" },
  quantities: [],
  ...more,
});

describe("columns", () => {
  it.each([
    [1, 1000],
    [6, 900],
    [40, 780],
    [200, 780],
  ])("of %d layers in %d pixels lie side by side, and the pointer finds them", (count, width) => {
    const columns = layerColumns(count, width);
    expect(columns.each).toBeGreaterThanOrEqual(15);
    for (let layer = 0; layer < count; layer++) {
      const cell = cellOf(columns, layer);
      expect(columnAt(columns, cell.left)).toMatchObject({ layer, share: 0 });
      expect(columnAt(columns, cell.left + cell.width / 2)?.share).toBeCloseTo(0.5);
    }
    expect(columnAt(columns, -1)).toBeNull();
    expect(columnAt(columns, columns.width)).toBeNull();
  });

  it("turn their names where there is no room, and forty layers fit 1280 pixels", () => {
    expect(layerColumns(6, 780).turned).toBe(false);
    const forty = layerColumns(40, 780);
    expect([forty.turned, forty.width <= 780]).toEqual([true, true]);
  });
});

it("knows what is healthy, and what is beyond it", () => {
  const plain = bandOf(row({}), []);
  expect(plain).toEqual({ low: 1e-3, high: 1, least: 1e-4, greatest: 5 });
  expect([1e-5, 5e-4, 0.5, 3, 6, Number.NaN, Infinity].map((value) => outside(value, plain))).toEqual([
    true,
    false,
    false,
    false,
    true,
    false,
    true,
  ]);
  const relative = row({ healthy: { low: 1e-3, high: null, least: 1e-3, greatest: null, relative: true, words: "" } });
  const band = bandOf(relative, [1e-9, 2, Number.NaN]);
  expect(band).toEqual({ low: 2e-3, high: null, least: 2e-3, greatest: null });
  expect(outside(1e-9, band)).toBe(true);
  expect(bandOf(relative, [0, Number.NaN])).toEqual({ low: null, high: null, least: null, greatest: null });
  expect(bandOf(row({ healthy: null }), [1])).toBeNull();
  expect(outside(1, null)).toBe(false);
});

it("tells what is unusual from what is beyond all limits", () => {
  const band = bandOf(row({}), []);
  expect([1e-5, 5e-4, 0.5, 3, 6, Number.NaN].map((value) => unusual(value, band))).toEqual([
    true,
    true,
    false,
    true,
    true,
    false,
  ]);
  expect(unusual(1, null)).toBe(false);
});

it("names the rows and layers that are beyond the limits", () => {
  const layers = ["a", "b", "c"].map((id) => ({ id, title: id, neurons: 0 }));
  const at: StepScene = {
    step: 9,
    layers: [
      { row: "gradient", step: 9, values: [1e-6, 0.1, null] },
      { row: "usual", step: 9, values: [0.1, 0.1, 0.1] },
    ],
  };
  const rows = [row({}), row({ id: "usual", title: "usual" }), row({ id: "missing" })];
  expect(oddRows(rows, layers, at)).toEqual([{ title: "gradient / weights", layers: ["a"] }]);
  expect(oddRows(rows, layers, null)).toEqual([]);
});

it("says what it shows", () => {
  expect(rowWords(row({}), [1e-5, 0.5, Number.NaN], ["a", "b", "c"])).toBe(
    "gradient / weights: 1.0e-5 to 0.50 over 2 layers; beyond the limit in a",
  );
  const seven = Array.from({ length: 7 }, (_, i) => `l${i}`);
  expect(
    rowWords(
      row({}),
      seven.map(() => 9),
      seven,
    ),
  ).toContain("l4 and 2 more");
  expect(rowWords(row({}), [Number.NaN], ["a"])).toBe("gradient / weights: not measured");
  expect([rowNumber(row({ scale: "share" }), 0.4), rowNumber(row({ scale: "share" }), 0.004)]).toEqual([
    "40 %",
    "0.40 %",
  ]);
  expect([rowNumber(row({}), Infinity), rowNumber(row({}), Number.NaN)]).toEqual(["infinite", "–"]);
});

it("places values on the row's axis", () => {
  expect(rowAxis(row({})).kind).toBe("log");
  expect(shareOf(row({}), Number.NaN)).toBeNull();
  expect([shareOf(row({}), 1e-9), shareOf(row({}), Infinity)]).toEqual([0, 1]);
  expect(shareOf(row({ scale: "share" }), 0.5)).toBeCloseTo(0.5);
});

it("shortens names to what tells layers apart", () => {
  expect(shortName("relu1", 9)).toBe("relu1");
  expect(shortName("features.layer1.0.conv1", 9)).toBe("…0.conv1");
  expect(shortName("averylongnamewithoutparts", 6)).toBe("ave…ts");
  expect(shortName("encoder_stages.1.0.activation_function", 15)).toBe("…1.0.activ…tion");
  expect(shortName("encoder_stages.1.0.activation_function", 10)).toBe("…0.act…ion");
  expect(shortName("blocks/3/squeeze", 12)).toBe("…3/squeeze");
  for (const most of [3, 6, 9, 12, 20])
    expect(shortName("stage1.block2.convolution", most).length).toBeLessThanOrEqual(most);
});

it("gives names the height that they need, and leaves out titles that could not be read", () => {
  const titles = Array.from({ length: 30 }, (_, i) => `encoder_stages.${i}.0.activation_function`);
  const { names, height } = layerNames(titles, layerColumns(30, 780));
  expect(new Set(names).size).toBe(30);
  expect(height).toBeGreaterThan(layerNames(["conv1", "relu"], layerColumns(30, 780)).height);
  expect(layerNames(["conv1"], layerColumns(1, 780))).toEqual({ names: ["conv1"], height: 22 });
  expect([spanTitle("classification_head", 45), spanTitle("stem", 15)]).toEqual(["cla…ad", ""]);
});
