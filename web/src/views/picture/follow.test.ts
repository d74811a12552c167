import { describe, expect, it } from "vitest";
import { resnet20 } from "../../../mock/runs.ts";
import { columnsOf } from "../../layout/columns.ts";
import { type Stage, stageLayout } from "../../layout/stage.ts";
import { follow } from "./follow.ts";

const run = resnet20();
const layout = (open: string[], pending = false): Stage =>
  stageLayout({
    ...columnsOf(run.scene, open),
    layer: (id) => (pending ? null : run.layer(id)),
    examples: 10,
    size: { width: 1120, height: 850 },
    importance: "activation",
  });

/** Where a column's left edge is on a screen 1120 wide. */
const onScreen = (stage: Stage, key: string, zoom: { k: number; x: number }): number => {
  const x = stage.columns.find((one) => one.column.key === key)?.x ?? stage.spans.find((one) => one.span.id === key)?.x;
  return ((x ?? Number.NaN) - zoom.x) * zoom.k + 560;
};

describe("follow", () => {
  it("keeps an opened group where it was", () => {
    const [before, after] = [layout([]), layout(["group:layer3"])];
    const zoom = { k: 1, x: 500, y: 400 };
    const moved = follow(before, after, zoom, "group:layer3");
    expect(moved && onScreen(after, "group:layer3", moved)).toBeCloseTo(onScreen(before, "group:layer3", zoom));
  });

  it("keeps the middle where it was when a column comes", () => {
    const [before, after] = [layout([], true), layout([])];
    const zoom = { k: 1, x: 700, y: 400 };
    const moved = follow(before, after, zoom, null) ?? zoom;
    const near = [...before.columns].sort(
      (a, b) => Math.abs(a.x + a.width / 2 - 700) - Math.abs(b.x + b.width / 2 - 700),
    );
    const key = near[0]?.column.key ?? "";
    expect(onScreen(after, key, moved)).toBeCloseTo(onScreen(before, key, zoom));
  });

  it("moves nothing when nothing moved", () => {
    expect(follow(layout([]), layout([]), { k: 1, x: 500, y: 400 }, null)).toBeNull();
  });
});
