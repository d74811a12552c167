import { describe, expect, it } from "vitest";
import { seeded } from "../../mock/random.ts";
import { leavesOnce } from "../../mock/regions.ts";
import type { Packing, Tile } from "./packing.ts";
import {
  follow,
  growthIn,
  heightDown,
  pinned,
  type Tiling,
  tiledDown,
  tiledFew,
  tiledWhole,
  tilingAt,
} from "./tiling.ts";

/** Tiles below one another: a packing that fits no card. */
function packing(sides: readonly number[]): Packing {
  let y = 0;
  const tiles = sides.map((side, neuron): Tile => {
    const tile = { neuron, x: 0, y, side, region: 0, sprite: null };
    y += side;
    return tile;
  });
  return { width: Math.max(1, ...sides), height: Math.max(1, y), smallest: 12, tiles };
}

function many(count: number, seed = 1): Packing {
  const random = seeded(seed);
  return packing(Array.from({ length: count }, () => 12 + 6 * Math.floor(random() * 5)));
}

type Box = { x: number; y: number; side: number };

function apart(boxes: readonly Box[]): boolean {
  return boxes.every((a, i) =>
    boxes.every(
      (b, j) =>
        i >= j ||
        a.x + a.side <= b.x + 1e-6 ||
        b.x + b.side <= a.x + 1e-6 ||
        a.y + a.side <= b.y + 1e-6 ||
        b.y + b.side <= a.y + 1e-6,
    ),
  );
}

const all = ({ tiles, more }: Tiling): Box[] => [...tiles, ...(more ? [more] : [])];
const inside = (tiling: Tiling, width: number, height: number): boolean =>
  all(tiling).every(({ x, y, side }) => x >= 0 && y >= 0 && x + side <= width + 1e-6 && y + side <= height + 1e-6);

describe("tiledDown", () => {
  it.each([1, 5, 12, 60])("sets %i tiles below one another, as wide as it may", (count) => {
    const tiling = tiledDown(many(count), 130, 0.9);
    if (!tiling) throw new Error("the largest tile fits");
    expect(tiling.tiles.length).toBe(count);
    expect(apart(tiling.tiles)).toBe(true);
    expect(inside(tiling, 130, tiling.height)).toBe(true);
    expect(heightDown(many(count), 130, 0.9)).toBeCloseTo(tiling.height);
  });

  it("gives up when the largest tile is wider than the card", () => {
    expect(tiledDown(packing([12, 36]), 30, 1)).toBeNull();
    expect(heightDown(packing([12, 36]), 30, 1)).toBe(Number.POSITIVE_INFINITY);
  });

  it("keeps a packing that is as good", () => {
    const square: Packing = {
      width: 24,
      height: 24,
      smallest: 12,
      tiles: [3, 2, 1, 0].map((place, neuron) => ({
        neuron,
        x: 12 * (place % 2),
        y: 12 * Math.floor(place / 2),
        side: 12,
        region: 0,
        sprite: null,
      })),
    };
    expect(tiledDown(square, 24, 1)?.tiles.map(({ x, y }) => [x, y])).toEqual([
      [12, 12],
      [0, 12],
      [12, 0],
      [0, 0],
    ]);
  });
});

/** Many tiles in regions of nine. */
function regional(count: number, seed: number): Packing {
  const { tiles, ...rest } = many(count, seed);
  return { ...rest, tiles: tiles.map((tile, index) => ({ ...tile, region: Math.floor(index / 9) })) };
}

const squaresOf = (tiles: readonly Tile[]) => ({
  sides: tiles.map((tile) => tile.side),
  regions: tiles.map((tile) => tile.region),
});

describe("regions", () => {
  it.each([20, 45, 120].flatMap((count) => [80, 174].map((width) => [count, width] as const)))(
    "are left once, downwards: %i tiles, %i wide",
    (count, width) => {
      for (const seed of [1, 2, 3]) {
        const full = regional(count, seed);
        const { tiles } = tiledDown(full, width, 1) as Tiling;
        expect(tiles.map((tile) => tile.neuron).sort((a, b) => a - b)).toEqual(full.tiles.map((tile) => tile.neuron));
        expect(leavesOnce(squaresOf(tiles), { x: tiles.map(({ x }) => x), y: tiles.map(({ y }) => y) })).toBe(true);
      }
    },
  );
});

describe("follow", () => {
  const without = (full: Packing, neuron: number): Packing => ({
    ...full,
    tiles: full.tiles.filter((tile) => tile.neuron !== neuron),
  });
  const placesOf = (tiling: Tiling | null): Map<number, string> =>
    new Map(tiling?.tiles.map(({ neuron, x, y }) => [neuron, `${x} ${y}`]));
  function moved(before: Packing, after: Packing, width: number): number {
    const [old, now] = [placesOf(tiledDown(before, width, 1)), placesOf(tiledDown(after, width, 1))];
    return [...now].filter(([neuron, place]) => old.has(neuron) && old.get(neuron) !== place).length;
  }

  it("leaves tiles where they were drawn when a neuron goes or comes", () => {
    for (const seed of [1, 2, 3, 4]) {
      const [full, alone] = [regional(60, seed), without(regional(60, seed), 5)];
      expect(moved(full, alone, 150)).toBeGreaterThan(10);
      const after = without(full, 5);
      follow(after, full);
      expect(moved(full, after, 150)).toBe(0);
      const again = { ...full };
      follow(again, after);
      expect(moved(after, again, 150), "as it was before").toBe(0);
      const { tiles } = full;
      const other = { ...full, tiles: [{ ...(tiles[40] as Tile), neuron: 999, region: 0 }, ...tiles] };
      const [alike, anew] = [{ ...other }, { ...other }];
      follow(alike, full);
      expect(moved(full, alike, 150)).toBeLessThan(moved(full, anew, 150));
    }
  });

  it("sets tiles anew when most of them changed", () => {
    const [one, other] = [regional(40, 1), regional(40, 2)];
    const alone = placesOf(tiledDown({ ...other }, 150, 1));
    tiledDown(one, 150, 1);
    follow(other, one);
    expect(placesOf(tiledDown(other, 150, 1))).toEqual(alone);
  });
});

describe("tiledWhole", () => {
  it.each([
    [200, 30],
    [100, 100],
    [40, 160],
  ])("fills a box of %i by %i", (width, height) => {
    const tiling = tiledWhole(many(40), { width, height });
    expect(tiling.tiles.length).toBe(40);
    expect(apart(tiling.tiles)).toBe(true);
    expect(inside(tiling, width, height)).toBe(true);
    const area = tiling.tiles.reduce((sum, tile) => sum + tile.side ** 2, 0);
    expect(area / (width * height)).toBeGreaterThan(0.8);
  });

  it("shows nothing where there is nothing", () => {
    expect(tiledWhole(packing([]), { width: 50, height: 20 }).tiles).toEqual([]);
  });
});

describe("tiledFew", () => {
  const box = { width: 90, height: 50 };
  const full = many(150);
  const tiling = tiledFew(full, box, 0.55);

  it("shows the strongest, in their order, and counts the others", () => {
    const shown = tiling.tiles.map((tile) => tile.neuron);
    expect(shown).toEqual([...shown].sort((a, b) => a - b));
    expect(shown.length).toBeGreaterThan(4);
    expect(shown.length + (tiling.more?.count ?? 0)).toBe(150);
    const left = full.tiles.filter((tile) => !shown.includes(tile.neuron));
    const weakest = Math.min(...shown.map((neuron) => full.tiles[neuron]?.side ?? 0));
    expect(Math.max(...left.map((tile) => tile.side))).toBeLessThanOrEqual(weakest);
  });

  it("overlaps nothing and stays inside", () => {
    expect(apart(all(tiling))).toBe(true);
    expect(inside(tiling, box.width, box.height)).toBe(true);
  });

  it("shows all where not even one has its size", () => {
    expect(tiledFew(many(20), { width: 12, height: 12 }, 1)).toMatchObject({ more: null });
  });
});

describe("pinned", () => {
  const full = many(150);
  const few = tiledFew(full, { width: 90, height: 50 }, 0.55);

  it("shows a neuron that there was no room for, in place of the weakest", () => {
    const hidden = full.tiles.find((tile) => !few.tiles.some((one) => one.neuron === tile.neuron))?.neuron ?? -1;
    const shown = pinned(few, full, hidden).tiles;
    expect(shown.map((tile) => tile.neuron)).toContain(hidden);
    expect(shown.map(({ x, y, side }) => [x, y, side])).toEqual(few.tiles.map(({ x, y, side }) => [x, y, side]));
  });

  it("changes nothing else", () => {
    expect(pinned(few, full, few.tiles[0]?.neuron ?? null)).toBe(few);
    expect(pinned(few, full, null)).toBe(few);
    expect(pinned(few, full, 9999)).toBe(few);
  });
});

describe("tilingAt", () => {
  const box = { width: 90, height: 50 };
  const full = many(150);
  const few = tiledFew(full, box, 0.55);

  it("is what was planned until every neuron can be seen", () => {
    expect(tilingAt(few, full, box, { zoom: 1, growth: 1 })).toBe(few);
    const close = tilingAt(few, full, { width: 96, height: 64 }, { zoom: 5, growth: 1.1 });
    expect(close.tiles.length).toBe(150);
    expect(close.more).toBeNull();
  });

  it("keeps its arrangement while its layer's cards give more room", () => {
    const down = tiledDown(many(9), 90, 0.8);
    if (!down) throw new Error("the largest tile fits");
    const room = { width: 140, height: 2 * down.height };
    const growth = growthIn(down, room);
    expect(growth).toBeGreaterThan(1.2);
    const larger = tilingAt(down, many(9), room, { zoom: 3, growth });
    const by = larger.width / down.width;
    expect(by).toBeCloseTo(growth);
    expect(larger.tiles.map(({ x, y }) => [x / by, y / by])).toEqual(
      down.tiles.map(({ x, y }) => [expect.closeTo(x), expect.closeTo(y)]),
    );
  });
});
