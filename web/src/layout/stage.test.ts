import { describe, expect, it } from "vitest";
import type { MockRun } from "../../mock/run.ts";
import { resnet20, resnet110, thousand, wide } from "../../mock/runs.ts";
import { columnsOf } from "./columns.ts";
import { SPACE } from "./space.ts";
import { type Stage, stageLayout } from "./stage.ts";
import { firstView, labelScale, wholeView } from "./viewport.ts";
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
      if (next) expect(next.x - placed.x - placed.width).toBeGreaterThanOrEqual(SPACE.gap.least);
      let bottom = stage.top;
      for (const card of placed.cards) {
        expect(card.y).toBeGreaterThanOrEqual(bottom);
        expect(card.tiles.width).toBeLessThanOrEqual(placed.width);
        bottom = card.y + card.height;
      }
      expect(bottom).toBeLessThanOrEqual(stage.height);
      expect(placed.x + placed.width).toBeLessThanOrEqual(stage.width);
    });
  });

  it.each([SIZE, { width: 984, height: 750 }, { width: 1600, height: 1030 }])(
    "shows a small network whole: %o",
    (size) => {
      expect(wholeView(layout(resnet20(), [], false, size), size).k).toBeGreaterThan(0.7);
    },
  );

  it("keeps tiles inside their card", () => {
    for (const placed of layout(resnet20()).columns) {
      for (const card of placed.cards) expect(card.tiles.height).toBeLessThanOrEqual(card.height);
    }
  });

  it("leaves room for heads whose labels are large because everything else is small", () => {
    const stage = layout(wide());
    const { k } = firstView(stage, SIZE);
    expect(k).toBeLessThan(0.6);
    expect(stage.top).toBeGreaterThanOrEqual(SPACE.head * labelScale(k));
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
    expect((block?.y ?? 0) - (group?.y ?? 0)).toBe(SPACE.span);
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
