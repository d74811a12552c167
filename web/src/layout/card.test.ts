import { describe, expect, it } from "vitest";
import { resnet20 } from "../../mock/runs.ts";
import { cardArea, growthAt, sizesCompare, tilePlaces } from "./card.ts";
import { columnsOf } from "./columns.ts";
import { packingOf } from "./packing.ts";
import { stageLayout } from "./stage.ts";
import { showsAll } from "./tiling.ts";

const card = { height: 48, lines: 1 as const };

it("gives the drawing most of the card, and more of it close up", () => {
  const share = (k: number): number => {
    const { width, height } = cardArea(card, 140, k);
    return (width * height) / (140 * card.height);
  };
  expect(share(1)).toBeGreaterThan(0.55);
  expect(share(3)).toBeGreaterThan(0.8);
  expect(share(12)).toBeGreaterThan(0.95);
});

it("keeps the line of words at one height on the screen", () => {
  expect(12 * cardArea(card, 140, 12).head).toBeCloseTo(3 * cardArea(card, 140, 3).head);
});

it("gives all of the card to the drawing where words cannot be read", () => {
  const far = cardArea(card, 140, 0.4);
  expect(far).toMatchObject({ words: 0, head: 0 });
  expect(far.height).toBeGreaterThan(0.85 * card.height);
});

it("needs one line for a title close up", () => {
  const two = { height: 200, lines: 2 as const };
  expect(cardArea(two, 140, 1).head).toBeGreaterThan(cardArea(card, 140, 1).head);
  expect(cardArea(two, 140, 4)).toMatchObject({ lines: 1 });
});

const run = resnet20();
const stage = stageLayout({
  ...columnsOf(run.scene, []),
  layer: (id) => run.layer(id),
  examples: 10,
  size: { width: 1280, height: 800 },
  importance: "activation",
});

it.each([0.5, 1, 5])("has a place for every neuron, inside the room of its card's drawing: zoom %d", (zoom) => {
  for (const placed of stage.columns.filter((one) => one.column.kind === "clusters")) {
    const scene = run.layer(placed.column.layer ?? "");
    const places = tilePlaces(scene, placed, { importance: "activation", zoom });
    expect([...places.keys()].sort((a, b) => a - b)).toEqual(
      scene.clusters.flatMap((one) => one.neurons).sort((a, b) => a - b),
    );
    for (const { x, y, side, cluster } of places.values()) {
      const own = placed.cards.find((one) => one.id === cluster);
      if (!own) throw new Error(`${cluster} has no card`);
      const area = cardArea(own, placed.width, zoom);
      expect(x).toBeGreaterThanOrEqual(placed.x + area.x - 1e-6);
      expect(y).toBeGreaterThanOrEqual(own.y + area.y - 1e-6);
      expect(x + side).toBeLessThanOrEqual(placed.x + area.x + area.width + 1e-6);
      expect(y + side).toBeLessThanOrEqual(own.y + own.height + 1e-6);
    }
  }
});

describe.each([0.5, 1, 4, 12])("sizes at zoom %d", (zoom) => {
  const columns = stage.columns.filter((one) => one.column.kind === "clusters");

  it("mean the same in all cards of a layer, wherever the legend says so", () => {
    for (const placed of columns.filter((one) => sizesCompare(one, zoom))) {
      const scene = run.layer(placed.column.layer ?? "");
      const places = tilePlaces(scene, placed, { importance: "activation", zoom });
      const scales = scene.clusters.flatMap((cluster) =>
        packingOf(cluster, "activation").tiles.map(({ neuron, side }) => (places.get(neuron)?.side ?? 0) / side),
      );
      const shown = scales.filter((scale) => scale > 0);
      expect(Math.max(...shown) / Math.min(...shown)).toBeLessThan(1.001);
    }
  });

  it("grow as far as the fullest card allows", () => {
    for (const placed of columns) {
      const cards = placed.cards.map((card) => ({ tiling: card.tiling, area: cardArea(card, placed.width, zoom) }));
      const planned = cards.filter(({ tiling, area }) => tiling !== null && !showsAll(tiling, area, zoom));
      const rooms = planned.map(({ tiling, area }) =>
        Math.min(area.width / (tiling?.width ?? 1), area.height / (tiling?.height ?? 1)),
      );
      expect(growthAt(placed, zoom)).toBeCloseTo(Math.min(zoom > 1 ? Number.POSITIVE_INFINITY : 1, ...rooms));
    }
  });
});

it("finds sizes comparable in some layers far away and close up", () => {
  const columns = stage.columns.filter((one) => one.column.kind === "clusters");
  for (const zoom of [1, 12]) expect(columns.filter((one) => sizesCompare(one, zoom)).length).toBeGreaterThan(0);
});
