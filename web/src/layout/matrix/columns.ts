import type { ClassGroupFacts, Scene } from "../../api/types.ts";

/** One column of a matrix: a class, or a group of classes by its mean. */
export interface MatrixColumn {
  /** `start-stop` of a group, the class index of a class. */
  key: string;
  title: string;
  classes: readonly number[];
  /** Whether a click opens it. */
  opens: boolean;
}

/** An opened class group above its columns. */
export interface ColumnSpan {
  key: string;
  title: string;
  depth: number;
  from: number;
  to: number;
}

export interface MatrixColumns {
  columns: MatrixColumn[];
  spans: ColumnSpan[];
}

/** Stands in the list of opened groups for every one of them. */
export const ALL = "all";

export const groupKey = (group: ClassGroupFacts): string => `${group.start}-${group.stop}`;

function classColumn(scene: Scene, index: number): MatrixColumn {
  const title = scene.classes[index]?.name ?? `class ${index}`;
  return { key: String(index), title, classes: [index], opens: false };
}

const hasImages = (scene: Scene, index: number): boolean => (scene.classes[index]?.images ?? 0) > 0;

/**
 * Columns in the scene's class order: classes, or class groups where there are many; no class without images.
 *
 * Groups down to a depth are opened whether or not they are among those that the user opened.
 */
export function matrixColumns(scene: Scene, opened: readonly string[], depth = 0): MatrixColumns {
  const columns: MatrixColumn[] = [];
  const spans: ColumnSpan[] = [];
  const all = opened.includes(ALL);
  const addClasses = (start: number, stop: number): void => {
    for (const index of scene.class_order.slice(start, stop)) {
      if (hasImages(scene, index)) columns.push(classColumn(scene, index));
    }
  };
  const addGroup = (group: ClassGroupFacts, level: number): void => {
    const key = groupKey(group);
    const members = scene.class_order.slice(group.start, group.stop).filter((index) => hasImages(scene, index));
    if (members.length <= 1) {
      addClasses(group.start, group.stop);
      return;
    }
    if (!all && level >= depth && !opened.includes(key)) {
      columns.push({ key, title: group.title, classes: members, opens: true });
      return;
    }
    const from = columns.length;
    if (group.parts.length > 0) for (const part of group.parts) addGroup(part, level + 1);
    else addClasses(group.start, group.stop);
    spans.push({ key, title: group.title, depth: level, from, to: columns.length - 1 });
  };
  if (scene.class_groups.length === 0) addClasses(0, scene.class_order.length);
  else for (const group of scene.class_groups) addGroup(group, 0);
  spans.sort((a, b) => a.depth - b.depth || a.from - b.from);
  return { columns, spans };
}

/** A group that is opened or closed, and which columns that replaces. */
export interface Turned {
  key: string;
  at: number;
  from: number;
  to: number;
}

/** What opening the group in a column does; null where it holds none, or shows one class before and after. */
export function opening(
  scene: Scene,
  opened: readonly string[],
  { columns }: MatrixColumns,
  at: number,
): Turned | null {
  const column = columns[at];
  if (!column?.opens) return null;
  const after = matrixColumns(scene, toggledClasses(scene, opened, column.key)).columns;
  return { key: column.key, at, from: 1, to: after.length - columns.length + 1 };
}

/** What closing the innermost of some groups around a column does; null where none is opened there. */
export function closing(keys: ReadonlySet<string>, { spans }: MatrixColumns, at: number): Turned | null {
  const around = spans.findLast((span) => keys.has(span.key) && span.from <= at && at <= span.to);
  return around ? { key: around.key, at: around.from, from: around.to - around.from + 1, to: 1 } : null;
}

/** Width of a column from which what is in it is worth a look. */
const OPENS = 9;

const depthOf = (groups: readonly ClassGroupFacts[]): number =>
  groups.length === 0 ? 0 : 1 + Math.max(...groups.map((group) => depthOf(group.parts)));

/** Columns as the user opened them, and those that come of opening one level of groups after the other. */
export const columnLevels = (scene: Scene, opened: readonly string[]): MatrixColumns[] =>
  Array.from({ length: 1 + depthOf(scene.class_groups) }, (_, depth) => matrixColumns(scene, opened, depth));

/** The finest of the levels for whose columns there is room in a width on the screen; the first is always there. */
export function levelFor(levels: readonly MatrixColumns[], width: number): MatrixColumns {
  const fine = levels.findLast(({ columns }) => columns.length * OPENS <= width);
  return fine ?? levels[0] ?? { columns: [], spans: [] };
}

/** Single classes in an order of their own, without groups: a cluster's best order breaks groups apart. */
export function orderedColumns(scene: Scene, order: readonly number[]): MatrixColumns {
  const columns = order.filter((index) => hasImages(scene, index)).map((index) => classColumn(scene, index));
  return { columns, spans: [] };
}

/** Open or close a class group; closing one closes what was opened inside it. */
export function toggledClasses(scene: Scene, opened: readonly string[], key: string): string[] {
  const list = opened.includes(ALL) ? allKeys(scene.class_groups) : [...opened];
  if (!list.includes(key)) return [...list, key];
  const [start = 0, stop = 0] = key.split("-").map(Number);
  return list.filter((one) => {
    const [from = 0, to = 0] = one.split("-").map(Number);
    return from < start || to > stop;
  });
}

function allKeys(groups: readonly ClassGroupFacts[]): string[] {
  return groups.flatMap((group) => [groupKey(group), ...allKeys(group.parts)]);
}
