import { describe, expect, it } from "vitest";
import { columnsOf } from "../src/layout/columns.ts";
import { itemsOf } from "../src/layout/connections/items.ts";
import { type LinkPicture, linkPicture, NODE } from "../src/layout/connections/picture.ts";
import { type Stage, stageLayout } from "../src/layout/stage.ts";
import type { MockRun } from "./run.ts";
import { dense, resnet20, resnet110, thousand } from "./runs.ts";

const SIZE = { width: 984, height: 754 };

function drawn(run: MockRun, open: string[]) {
  const found = columnsOf(run.scene, open);
  const columns = found.columns.map((column) => column.layer).filter((layer) => layer !== null);
  const scene = run.connections({ columns, mode: null, share: 0.8 });
  const layer = (id: string) => run.layer(id);
  const stage = stageLayout({ ...found, layer, examples: 10, size: SIZE, importance: "activation" });
  const classes = run.scene.class_order;
  return { scene, stage, picture: linkPicture({ items: itemsOf(scene), stage, columns, layer, classes }) };
}

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const overlap = (a: Box, b: Box): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;

const nodeBoxes = (picture: LinkPicture): Box[] =>
  picture.nodes.map(({ x, y, size }) => ({
    left: x - NODE / 2,
    right: x + NODE / 2,
    top: y - size / 2,
    bottom: y + size / 2,
  }));

const cardBoxes = (stage: Stage): Box[] =>
  stage.columns.flatMap(({ x, width, cards }) =>
    cards.map((card) => ({ left: x, right: x + width, top: card.y, bottom: card.y + card.height })),
  );

describe.each([
  ["resnet20", resnet20, []],
  ["resnet110, opened", resnet110, ["group:layer1", "group:layer2", "group:layer3"]],
  ["thousand", thousand, []],
  ["dense", dense, []],
] as [string, () => MockRun, string[]][])("connections of %s", (_, run, open) => {
  const { scene, stage, picture } = drawn(run(), open);

  it("are all drawn: as many curves as the scene says", () => {
    expect(picture.strands.length).toBe(scene.curves);
    expect(picture.strands.length).toBeGreaterThan(10);
  });

  it("are at most 60 in a gap", () => {
    for (const gap of scene.gaps)
      expect(gap.bundles.length + gap.curves.length + gap.trunks.length).toBeLessThanOrEqual(60);
  });

  it("have nodes that lie over no card and, between neighbours, over no other node", () => {
    const nodes = nodeBoxes(picture);
    const cards = cardBoxes(stage);
    expect(nodes.filter((node) => cards.some((card) => overlap(node, card)))).toEqual([]);
    const near = nodes.filter((_, i) => {
      const item = picture.items[picture.nodes[i]?.item ?? -1];
      return item && item.target === item.source + 1;
    });
    expect(near.filter((node, i) => near.some((other, j) => i < j && overlap(node, other)))).toEqual([]);
  });

  it("begin and end at the edges of cards", () => {
    for (const strand of picture.strands) {
      const item = picture.items[strand.item];
      const boxOf = (key: string | undefined) => picture.boxes.get(key ?? "");
      const from = strand.source === null ? undefined : boxOf(item?.sources[strand.source]?.key);
      const to = strand.target === null ? undefined : boxOf(item?.targets[strand.target]?.key);
      if (from) {
        expect(strand.points[0]).toBe(from.right);
        expect((strand.points[1] ?? 0) > from.top && (strand.points[1] ?? 0) < from.bottom).toBe(true);
      }
      if (to) expect(strand.points.at(-2)).toBe(to.left);
    }
  });
});
