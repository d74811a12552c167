import { expect, it } from "vitest";
import { resnet20 } from "../../mock/runs.ts";
import { drawingArea, tilePlaces } from "./card.ts";
import { columnsOf } from "./columns.ts";
import { stageLayout } from "./stage.ts";

const run = resnet20();
const stage = stageLayout({
  ...columnsOf(run.scene, []),
  layer: (id) => run.layer(id),
  examples: 10,
  size: { width: 1280, height: 800 },
  importance: "activation",
});

it("has a place for every neuron, inside the room of its card's drawing and apart from the others", () => {
  for (const placed of stage.columns.filter((one) => one.column.kind === "clusters")) {
    const scene = run.layer(placed.column.layer ?? "");
    const places = tilePlaces(scene, placed, "activation");
    expect([...places.keys()].sort((a, b) => a - b)).toEqual(
      scene.clusters.flatMap((one) => one.neurons).sort((a, b) => a - b),
    );
    for (const { x, y, side, cluster } of places.values()) {
      const card = placed.cards.find((one) => one.id === cluster);
      if (!card) throw new Error(`${cluster} has no card`);
      const area = drawingArea(card, placed);
      expect(x).toBeGreaterThanOrEqual(area.x - 1e-6);
      expect(y).toBeGreaterThanOrEqual(area.y - 1e-6);
      expect(x + side).toBeLessThanOrEqual(area.x + area.width + 1e-6);
      expect(y + side).toBeLessThanOrEqual(card.y + card.height);
    }
  }
});
