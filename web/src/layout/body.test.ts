import { describe, expect, it } from "vitest";
import { resnet20 } from "../../mock/runs.ts";
import { bodyHeight, type Clusters, clusterBody, clustersOf } from "./body.ts";

const run = resnet20();
const all = run.scene.layers.map(({ id }) => clustersOf(run.layer(id), "activation"));
const titled = ({ all, mean }: Clusters, title: string): Clusters => ({
  all: all.map((one) => ({ ...one, title })),
  mean,
});
const LONG = "horizontal edges · leans to automobile";
const ROOM = 560;
/** The column with most cards. */
const most = all.reduce((found, one) => (one.all.length > found.all.length ? one : found));

describe("clusterBody", () => {
  it("is never higher than the room, whatever the titles", () => {
    for (const clusters of all)
      for (const title of ["", LONG])
        for (const width of [80, 110, 180])
          expect(bodyHeight(clusterBody(titled(clusters, title), width, ROOM))).toBeLessThanOrEqual(ROOM);
  });

  it("gives long titles a second line where that costs little of the height, and short ones none", () => {
    const few = all.filter((clusters) => clusters.all.length <= 8);
    expect(few.length).toBeGreaterThan(0);
    for (const clusters of few) {
      expect(clusterBody(titled(clusters, LONG), 110, ROOM).cards.map((card) => card.lines)).toEqual(
        clusters.all.map(() => 2),
      );
      expect(clusterBody(titled(clusters, "cat"), 110, ROOM).cards.map((card) => card.lines)).toEqual(
        clusters.all.map(() => 1),
      );
    }
  });

  it("gives some titles a second line where there is no room for one for each", () => {
    const lines = [420, 460, 500, 540, 580].map((room) => {
      const cards = clusterBody(titled(most, LONG), 96, room).cards;
      return cards.filter((card) => card.lines === 2).length;
    });
    expect(lines.some((count) => count > 0 && count < most.all.length)).toBe(true);
  });

  it("fills cards that cannot show all neurons with rows of the strongest", () => {
    const many: Clusters = {
      mean: 16,
      all: Array.from({ length: 8 }, (_, cluster) => ({
        id: `c${cluster}`,
        title: "cat",
        area: 0,
        packing: {
          width: 160,
          height: 400,
          smallest: 12,
          tiles: Array.from({ length: 120 + 20 * cluster }, (_, neuron) => ({
            neuron,
            x: 0,
            y: 0,
            side: 12 + ((neuron * 7 + cluster) % 5) * 2,
            region: 0,
            sprite: null,
          })),
        },
      })),
    };
    for (const one of many.all) one.area = one.packing.tiles.reduce((sum, tile) => sum + tile.side ** 2, 0);
    const { cards } = clusterBody(many, 103, ROOM);
    expect(cards.every((card) => card.tiling?.more)).toBe(true);
    const shown = cards.flatMap((card) => card.tiling?.tiles ?? []).reduce((sum, tile) => sum + tile.side ** 2, 0);
    const room = cards.reduce((sum, card) => sum + 97 * (card.height - 18), 0);
    expect(shown / room).toBeGreaterThan(0.75);
  });
});
