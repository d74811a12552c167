import { describe, expect, it } from "vitest";
import { resnet20 } from "../../mock/runs.ts";
import type { ClusterScene, LayerScene } from "../api/types.ts";
import { comesAfter } from "../state/earlier.ts";
import { ancestorOf, bodyHeight, type Clusters, clusterBody, clustersOf } from "./body.ts";
import { tiledDown } from "./tiling.ts";

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

describe("a layer that was changed", () => {
  const id = run.scene.layers.at(-2)?.id ?? "";
  /** The layer with the largest cluster's second neuron moved to the next one, and all packings made anew. */
  function edited(): LayerScene {
    const scene = run.layer(id);
    const from = scene.clusters.reduce((found, one) => (one.neurons.length > found.neurons.length ? one : found));
    const to = scene.clusters.find((one) => one !== from);
    const moved = from.neurons[1] as number;
    const clusters = scene.clusters.map((one) => {
      const neurons =
        one === from
          ? one.neurons.filter((neuron) => neuron !== moved)
          : one === to
            ? [...one.neurons, moved]
            : one.neurons;
      const packings = one.packings.map((packing) => ({
        ...packing,
        side: neurons.map((neuron) => packing.side[one.neurons.indexOf(neuron)] ?? packing.smallest),
      }));
      return { ...one, neurons, packings };
    });
    return { ...scene, clusters };
  }
  const placesIn = (scene: LayerScene): Map<number, string> => {
    const tiles = clustersOf(scene, "activation").all.flatMap((one) => tiledDown(one.packing, 110, 0.8)?.tiles ?? []);
    return new Map(tiles.map(({ neuron, x, y }) => [neuron, `${x} ${y}`]));
  };

  it("keeps the places of what it was drawn with", () => {
    const before = placesIn(run.layer(id));
    const moved = (places: Map<number, string>): number =>
      [...places].filter(([neuron, place]) => before.get(neuron) !== place).length;
    const anew = edited();
    const followed = edited();
    comesAfter(followed, run.layer(id));
    expect(moved(placesIn(followed))).toBeLessThan(moved(placesIn(anew)));
  });

  it("finds each cluster's ancestor by its neurons", () => {
    const { clusters } = run.layer(id);
    for (const [index, one] of edited().clusters.entries()) expect(ancestorOf(one, clusters)).toBe(clusters[index]);
    const stranger = { ...(clusters[0] as ClusterScene), neurons: [9001, 9002] };
    expect(ancestorOf(stranger, clusters)).toBeNull();
  });
});
