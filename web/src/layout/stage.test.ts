import { describe, expect, it } from "vitest";
import type { MockRun } from "../../mock/run.ts";
import { resnet20, resnet110, thousand, wide } from "../../mock/runs.ts";
import { cardArea } from "./card.ts";
import { columnsOf } from "./columns.ts";
import { SPACE } from "./space.ts";
import { type Stage, stageLayout } from "./stage.ts";
import { firstView, wholeView } from "./viewport.ts";
import { nearColumns } from "./visible.ts";

const SIZE = { width: 1120, height: 850 };

function layout(run: MockRun, open: string[] = [], pending = false, size = SIZE): Stage {
  const layer = (id: string) => (pending ? null : run.layer(id));
  return stageLayout({ ...columnsOf(run.scene, open), layer, examples: 10, size, importance: "activation" });
}

const ALL = ["group:layer1", "group:layer2", "group:layer3"];

describe("stageLayout", () => {
  it.each([
    ["resnet20", layout(resnet20())],
    ["pending", layout(resnet20(), [], true)],
    ["fifty columns", layout(resnet110(), ALL)],
    ["a thousand classes", layout(thousand())],
    ["a low screen", layout(resnet20(), [], false, { width: 900, height: 300 })],
  ])("overlaps nothing and leaves room for curves: %s", (_, stage) => {
    stage.columns.forEach((placed, index) => {
      const next = stage.columns[index + 1];
      const gap = placed.column.kind === "input" ? SPACE.gap.input : 48;
      if (next) expect(next.x - placed.x - placed.width).toBeGreaterThanOrEqual(gap);
      let bottom = stage.top;
      for (const card of placed.cards) {
        expect(card.y).toBeGreaterThanOrEqual(bottom);
        expect(card.tiling?.width ?? 0).toBeLessThanOrEqual(placed.width);
        bottom = card.y + card.height;
      }
      expect(bottom).toBeLessThanOrEqual(stage.height);
      expect(placed.x + placed.width).toBeLessThanOrEqual(stage.width);
    });
  });

  it.each([SIZE, { width: 984, height: 750 }, { width: 1600, height: 1030 }])(
    "shows a small network whole: %o",
    (size) => {
      expect(wholeView(layout(resnet20(), [], false, size), size).k).toBeGreaterThan(0.99);
    },
  );

  it("keeps tiles inside their card", () => {
    for (const placed of layout(resnet20()).columns) {
      for (const card of placed.cards) expect(card.tiling?.height ?? 0).toBeLessThan(card.height);
    }
  });

  it("gives most of a card to its drawing", () => {
    for (const { width, cards } of layout(resnet20(), [], false, { width: 984, height: 650 }).columns) {
      for (const card of cards.filter((one) => one.tiling !== null)) {
        const area = cardArea(card, width, 1);
        expect((area.width * area.height) / (width * card.height)).toBeGreaterThan(0.53);
      }
    }
  });

  it("makes columns wider where there are more neurons to show", () => {
    const { columns } = layout(resnet20(), [], false, { width: 984, height: 650 });
    expect(columns[3]?.width).toBeGreaterThan(columns[1]?.width ?? 0);
  });

  it("shows the strongest neurons where there are too many, and counts the others", () => {
    const run = wide();
    const column = layout(run).columns[1];
    const shown = column?.cards.reduce((sum, card) => sum + (card.tiling?.tiles.length ?? 0), 0) ?? 0;
    const others = column?.cards.reduce((sum, card) => sum + (card.tiling?.more?.count ?? 0), 0) ?? 0;
    expect(shown + others).toBe(2048);
    expect(others).toBeGreaterThan(1000);
    for (const card of column?.cards ?? []) {
      const sides = card.tiling?.tiles.map((tile) => tile.side) ?? [];
      if (card.tiling?.more) expect(Math.max(...sides)).toBeGreaterThan(14);
      expect(new Set(card.tiling?.tiles.map((tile) => tile.y)).size).toBeGreaterThan(1);
    }
  });

  it("never gets higher than the screen for a dozen clusters", () => {
    for (const run of [resnet20(), wide(), thousand()]) {
      for (const height of [560, 650, 900]) {
        expect(layout(run, [], false, { width: 984, height }).height).toBe(height);
      }
    }
  });

  it("pans what cannot be read on one screen", () => {
    const stage = layout(resnet110(), ALL);
    expect(stage.width).toBeGreaterThan(3 * SIZE.width);
    expect(firstView(stage, SIZE)).toEqual({ k: 1, x: 0, y: 0 });
  });

  it("gives every importance its own sizes, and the same cards", () => {
    const run = resnet20();
    const sized = (importance: "activation" | "uniform"): Stage =>
      stageLayout({
        ...columnsOf(run.scene, []),
        layer: (id) => run.layer(id),
        examples: 10,
        size: SIZE,
        importance,
      });
    const ids = (stage: Stage) => stage.columns.map((placed) => placed.cards.map((card) => card.id));
    expect(ids(sized("uniform"))).toEqual(ids(sized("activation")));
    expect(sized("uniform")).not.toEqual(sized("activation"));
  });

  it("is the same twice", () => {
    expect(layout(resnet20(), ["group:layer2"])).toEqual(layout(resnet20(), ["group:layer2"]));
  });

  it("places spans over the columns they hold", () => {
    const stage = layout(resnet20(), ["group:layer3", "block:layer3.1"]);
    const [group, block] = stage.spans;
    expect(group?.x).toBe(stage.columns[3]?.x);
    expect(block?.x).toBe(stage.columns[4]?.x);
  });

  it("draws a card for every cluster and every class", () => {
    const run = resnet20();
    const stage = layout(run);
    expect(stage.columns[3]?.cards.length).toBe(run.layer("layer3.2/relu#2").clusters.length);
    expect(stage.columns[4]?.cards.length).toBe(10);
  });
});

describe("nearColumns", () => {
  it("is what is seen and half a screen around it, the middle first", () => {
    const { columns } = layout(resnet110(), ALL);
    const near = nearColumns(columns, 4000, 5000);
    expect(near.length).toBeLessThan(14);
    for (const one of near) expect(one.x + one.width >= 3500 && one.x <= 5500).toBe(true);
    const distance = near.map((one) => Math.abs(one.x + one.width / 2 - 4500));
    expect(distance).toEqual([...distance].sort((a, b) => a - b));
  });
});
