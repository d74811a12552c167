import { expect, it } from "vitest";
import { resnet20 } from "../../../../mock/runs.ts";
import { PENDING } from "../../../state/async.ts";
import { needsOf, settled } from "./needs.ts";
import { sourceOf } from "./testing.ts";

it("asks for all that any column shows, and for nothing else", () => {
  const run = resnet20();
  const { stage, ...rest } = sourceOf(run);
  const needs = needsOf({ stage, ...rest });
  const layers = stage.columns.filter(({ column }) => column.kind === "clusters").map(({ column }) => column.layer);
  expect(needs.layers).toEqual(layers);
  expect(needs.atlases).toHaveLength(layers.length);
  expect(needs.pictures).toHaveLength(run.scene.examples.length);
  expect([needs.matrices, needs.orders]).toEqual([[], []]);
  const source = sourceOf(run, { facet: "activations", ordered: [run.layer(layers[0] ?? "").clusters[0]?.id ?? ""] });
  expect(needsOf(source).matrices).toHaveLength(layers.length);
  expect(needsOf(source).orders.length).toBeGreaterThan(0);
});

it("waits for what is on its way, not for what will not come", () => {
  const { run, user, stage } = sourceOf(resnet20());
  const needs = needsOf({ run, user, stage });
  const withAtlases = (get: () => unknown) => ({ ...run, atlases: { ...run.atlases, get } }) as typeof run;
  expect(settled(run, needs)).toBe(true);
  expect(
    settled(
      withAtlases(() => PENDING),
      needs,
    ),
  ).toBe(false);
  expect(
    settled(
      withAtlases(() => ({ status: "error", trouble: { message: "gone", remedy: "" } })),
      needs,
    ),
  ).toBe(true);
});
