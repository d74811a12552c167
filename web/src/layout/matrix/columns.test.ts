import { describe, expect, it } from "vitest";
import { longNames, resnet20, thousand, wide } from "../../../mock/runs.ts";
import type { ClassGroupFacts, Scene } from "../../api/types.ts";
import {
  ALL,
  closing,
  columnLevels,
  groupKey,
  levelFor,
  matrixColumns,
  opening,
  orderedColumns,
  toggledClasses,
} from "./columns.ts";

const many = wide().scene;

/** The definition: of every class with images, the shallowest group around it that is not open; else the class. */
function slowKeys(scene: Scene, opened: readonly string[]): string[] {
  const keyOf = (place: number, groups: readonly ClassGroupFacts[]): string => {
    const around = groups.find((group) => place >= group.start && place < group.stop);
    if (!around) return String(scene.class_order[place]);
    return opened.includes(groupKey(around)) ? keyOf(place, around.parts) : groupKey(around);
  };
  const places = scene.class_order.map((_, place) => place);
  const alive = places.filter((place) => (scene.classes[scene.class_order[place] as number]?.images ?? 0) > 0);
  return [...new Set(alive.map((place) => keyOf(place, scene.class_groups)))];
}

describe("matrixColumns", () => {
  it("has a column for every class with images where there are few", () => {
    const { columns, spans } = matrixColumns(resnet20().scene, []);
    expect(columns.map((column) => column.classes)).toEqual(resnet20().scene.class_order.map((index) => [index]));
    expect(spans).toEqual([]);
    expect(matrixColumns(longNames().scene, []).columns.map((column) => column.key)).not.toContain("4");
  });

  it.each([[[]], [["0-50"]], [["0-50", "0-25"]], [["100-150", "300-350", "325-350"]], [["0-25"]]])(
    "agrees with the definition with %j open",
    (opened) => {
      expect(matrixColumns(many, opened).columns.map((column) => column.key)).toEqual(slowKeys(many, opened));
    },
  );

  it("shows every class with images exactly once, whatever is open", () => {
    for (const opened of [[], ["0-50"], ["0-50", "25-50"], [ALL]]) {
      const shown = matrixColumns(many, opened).columns.flatMap((column) => [...column.classes]);
      expect(shown).toEqual(many.class_order.filter((index) => (many.classes[index]?.images ?? 0) > 0));
    }
  });

  it("names what is open above its columns, outer groups first", () => {
    const { columns, spans } = matrixColumns(many, ["100-150", "100-125"]);
    expect(spans.map(({ key, depth }) => [key, depth])).toEqual([
      ["100-150", 0],
      ["100-125", 1],
    ]);
    const [outer, inner] = spans;
    expect(columns[inner?.from ?? -1]?.key).toBe("100");
    expect(inner?.to).toBe((inner?.from ?? 0) + 24);
    expect(outer?.to).toBe((inner?.to ?? 0) + 1);
  });

  it("opens everything at once", () => {
    expect(matrixColumns(many, [ALL]).columns).toHaveLength(997);
  });
});

describe("orderedColumns", () => {
  it("follows the order given and knows no groups", () => {
    const { columns } = orderedColumns(many, [5, 17, 3]);
    expect(columns.map((column) => column.key)).toEqual(["5", "3"]);
  });
});

describe("toggledClasses", () => {
  it("opens, and closes what is inside too", () => {
    const opened = toggledClasses(many, toggledClasses(many, [], "0-50"), "0-25");
    expect(opened).toEqual(["0-50", "0-25"]);
    expect(toggledClasses(many, [...opened, "50-100"], "0-50")).toEqual(["50-100"]);
    expect(toggledClasses(many, opened, "0-25")).toEqual(["0-50"]);
  });

  it("closes one of all", () => {
    const opened = toggledClasses(many, [ALL], "0-50");
    expect(opened).not.toContain(ALL);
    expect(matrixColumns(many, opened).columns[0]?.key).toBe("0-50");
    expect(matrixColumns(many, opened).columns).toHaveLength(997 - 48 + 1);
  });
});

describe("columnLevels", () => {
  const levels = columnLevels(thousand().scene, []);

  it("open one level of groups after the other, down to the classes", () => {
    const counts = levels.map((level) => level.columns.length);
    expect(counts).toEqual([...counts].sort((a, b) => a - b));
    expect(levels.at(-1)?.columns).toEqual(matrixColumns(thousand().scene, [ALL]).columns);
    expect(levels[0]).toEqual(matrixColumns(thousand().scene, []));
  });

  it("are chosen by the room there is", () => {
    expect(levelFor(levels, 10)).toBe(levels[0]);
    expect(levelFor(levels, 1e6)).toBe(levels.at(-1));
    expect(levelFor([], 100).columns).toEqual([]);
  });
});

describe("a group that is opened, and closed again", () => {
  it.each([0, 3, 9])("is replaced by its columns: %i", (at) => {
    const before = matrixColumns(many, []);
    const turned = opening(many, [], before, at);
    if (!turned) throw new Error("the column is a group");
    const after = matrixColumns(many, [turned.key]);
    expect(after.columns).toHaveLength(before.columns.length - turned.from + turned.to);
    const shown = after.columns.slice(turned.at, turned.at + turned.to).flatMap((one) => [...one.classes]);
    expect(shown).toEqual(before.columns[at]?.classes);
    expect(closing(new Set([turned.key]), after, at + 1)).toEqual({ ...turned, from: turned.to, to: 1 });
    expect(closing(new Set(), after, at + 1)).toBeNull();
  });

  it("is there only where a column is a group", () => {
    const all = matrixColumns(many, [ALL]);
    expect(opening(many, [ALL], all, 3)).toBeNull();
    expect(opening(many, [], matrixColumns(many, []), 1e6)).toBeNull();
  });

  it("is the innermost around a place", () => {
    const open = matrixColumns(many, ["100-150", "100-125"]);
    const inner = open.spans.find((span) => span.key === "100-125");
    const keys = new Set(["100-150", "100-125"]);
    expect(closing(keys, open, inner?.from ?? -1)?.key).toBe("100-125");
    expect(closing(keys, open, (inner?.to ?? -2) + 1)?.key).toBe("100-150");
  });
});
