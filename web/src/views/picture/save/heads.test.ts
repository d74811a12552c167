import { expect, it } from "vitest";
import { resnet20 } from "../../../../mock/runs.ts";
import { columnsOf } from "../../../layout/columns.ts";
import { stageLayout } from "../../../layout/stage.ts";
import { all, edgesOf, readXml, wordsOf } from "../../../marks/svg/testing.ts";
import { headsHeight, headsSvg } from "./heads.ts";
import { PAPER } from "./testing.ts";

const run = resnet20();
const stageOf = (open: string[]) =>
  stageLayout({
    ...columnsOf(run.scene, open),
    layer: run.layer,
    examples: 10,
    size: { width: 1100, height: 700 },
    importance: "activation",
  });

it.each([[[]], [["group:layer2"]], [["group:layer1", "group:layer2", "group:layer3"]]])(
  "stands above the columns, none over another, with %j open",
  (open) => {
    const stage = stageOf(open);
    const read = readXml(headsSvg(stage, PAPER));
    const height = headsHeight(stage);
    const titles = edgesOf(read).filter(({ node }) => node.attributes["font-size"] === "14");
    expect(titles).toHaveLength(stage.columns.length);
    titles.slice(1).forEach(({ left }, index) => {
      expect(left).toBeGreaterThanOrEqual(titles[index]?.right ?? 0);
    });
    for (const { bottom, right } of edgesOf(read)) {
      expect(bottom).toBeLessThanOrEqual(height);
      expect(right).toBeLessThanOrEqual(stage.width);
    }
    const names = all(read, "text").map(wordsOf);
    for (const { span } of stage.spans) expect(names).toContain(span.title);
    expect(height).toBe(open.length === 0 ? 44 : 65);
  },
);
