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
});
