import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EditSource } from "../api/edits.ts";
import { ServerProblem } from "../api/request.ts";
import type { EditsScene, LayerClusters } from "../api/types.ts";
import { readyOf } from "./async.ts";
import { changedLayers, type Edit } from "./editing.ts";
import { closedEdits, RunEdits } from "./edits.svelte.ts";

const layer = (
  id: string,
  neurons: number[],
  more: Partial<LayerClusters["clusters"][number]> = {},
): LayerClusters => ({
  layer: id,
  method: "ward",
  note: "",
  notes: [],
  clusters: [{ id: "c1", neurons, name: "", note: "", locked: false, ...more }],
});
const rename = (name: string): Edit => ({ type: "rename", layer: "a", cluster: "c1", name });
const rest = (ms = 5): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** Keeps edits in memory, as the server would; what it is asked is written down. */
class Book implements EditSource {
  asked: string[] = [];
  done: LayerClusters[][] = [];
  undone: LayerClusters[][] = [];
  revision = 0;
  problem: Error | null = null;
  #told: (() => void)[] = [];

  scene(): EditsScene {
    const layers = this.done.at(-1) ?? [];
    const [done, undone] = [this.done.length, this.undone.length];
    const { revision } = this;
    return { version: 1, revision, undo: "", redo: "", done, undone, layers, groups: [], notice: "", closed: "" };
  }

  /** What another page does. */
  elsewhere(layers: LayerClusters[]): void {
    this.revision++;
    this.done.push(layers);
    for (const tell of this.#told.splice(0)) tell();
  }

  async #answer(what: string, work: () => void): Promise<EditsScene> {
    this.asked.push(what);
    if (this.problem) throw this.problem;
    work();
    return this.scene();
  }

  now = () => this.#answer("now", () => {});
  make: EditSource["make"] = ({ edit, revision }) =>
    this.#answer(`${edit.type} on ${revision}`, () =>
      this.elsewhere([layer("a", [0], { name: "name" in edit ? (edit.name ?? "") : "" })]),
    );
  undo: EditSource["undo"] = () => this.#answer("undo", () => this.#back(1));
  redo: EditSource["redo"] = () => this.#answer("redo", () => {});
  jump: EditSource["jump"] = ({ done }) => this.#answer(`jump to ${done}`, () => this.#back(this.done.length - done));
  history: EditSource["history"] = async () => ({ revision: this.revision, first: 0, entries: [], total: 0 });
  preview: EditSource["preview"] = async () => {
    throw new Error("not asked for here");
  };
  exported = async () => "{}";
  take: EditSource["take"] = async () => {
    this.elsewhere([layer("a", [7])]);
    return { layers: [], groups: 0, missing: ["a note"], edits: this.scene() };
  };
  next: EditSource["next"] = (after, signal) =>
    new Promise((done, fail) => {
      if (this.problem) fail(this.problem);
      else if (this.revision !== after) done(this.revision);
      else this.#told.push(() => done(this.revision));
      signal.addEventListener("abort", () => fail(new Error("aborted")));
    });

  #back(steps: number): void {
    for (let n = 0; n < steps; n++) this.undone.push(this.done.pop() ?? []);
    this.revision += steps;
  }
}

describe("RunEdits", () => {
  let stop: AbortController;
  let book: Book;
  let changed: string[];
  const open = (options = {}): RunEdits =>
    new RunEdits(book, stop.signal, { onchange: (layers) => changed.push(...layers), pause: 2, ...options });
  beforeEach(() => {
    [stop, book, changed] = [new AbortController(), new Book(), []];
  });
  afterEach(() => stop.abort());

  it("reads what there is, and then what others do", async () => {
    const edits = open();
    await rest();
    expect(readyOf(edits.scene)?.revision).toBe(0);
    expect(changed).toEqual([]);
    book.elsewhere([layer("a", [1]), layer("b", [2])]);
    await rest();
    expect(edits.revision).toBe(1);
    expect(changed).toEqual(["a", "b"]);
    book.elsewhere([layer("a", [1], { locked: true }), layer("b", [3])]);
    await rest();
    expect(changed).toEqual(["a", "b", "b"]);
  });

  it("makes one edit after the other, each on what the one before left", async () => {
    const edits = open();
    await rest();
    expect(await Promise.all([edits.make(rename("x")), edits.make(rename("y"))])).toEqual([true, true]);
    expect(book.asked.filter((one) => one !== "now")).toEqual(["rename on 0", "rename on 1"]);
    expect(edits.busy).toBe(false);
  });

  it("says on which revision somebody began to type", async () => {
    const edits = open();
    await rest();
    await edits.make(rename("x"));
    await edits.make(rename("y"), 0);
    expect(book.asked.at(-1)).toBe("rename on 0");
  });

  it("takes many steps at once while one is on its way", async () => {
    const edits = open();
    await rest();
    for (let n = 0; n < 6; n++) await edits.make(rename(String(n)));
    await Promise.all([edits.undo(), edits.undo(), edits.undo(), edits.undo()]);
    await rest();
    expect(book.asked.filter((one) => /undo|jump/.test(one))).toEqual(["jump to 2"]);
    await edits.undo();
    expect(book.asked.at(-1)).toBe("undo");
    for (let n = 0; n < 9; n++) void edits.undo();
    await rest();
    expect(readyOf(edits.scene)?.done).toBe(0);
    expect(edits.refused).toBeNull();
  });

  it("shows at a conflict what there is now, and tries again on that", async () => {
    const edits = open();
    await rest();
    await edits.make(rename("x"));
    const theirs = { ...book.scene(), revision: 5, layers: [layer("a", [9])] };
    const body = { error: "It has been changed.", remedy: "Look.", edits: theirs };
    book.problem = new ServerProblem(body.error, body.remedy, { status: 409, body });
    expect(await edits.make(rename("y"))).toBe(false);
    expect(edits.refused).toMatchObject({ conflict: true, edit: rename("y"), trouble: { remedy: "Look." } });
    expect(edits.revision).toBe(5);
    expect(changed).toContain("a");
    book.problem = null;
    book.revision = 5;
    expect(await edits.again()).toBe(true);
    expect(book.asked.at(-1)).toBe("rename on 5");
    expect(edits.refused).toBeNull();
  });

  it("goes on when the server is back", async () => {
    const edits = open();
    await rest();
    book.problem = new ServerProblem("It does not answer.", "Start it.");
    expect(await edits.make(rename("x"))).toBe(false);
    expect(edits.refused?.conflict).toBe(false);
    book.elsewhere([layer("a", [1])]);
    await rest(20);
    expect(edits.lost).toBe(true);
    book.problem = null;
    await rest(60);
    expect(edits.lost).toBe(false);
    expect(edits.revision).toBe(1);
    // Nothing is sent by itself: it was refused, and is made when it is tried again.
    expect(edits.refused?.edit).toEqual(rename("x"));
    expect(book.asked.filter((one) => one.startsWith("rename"))).toHaveLength(1);
    expect(await edits.again()).toBe(true);
  });

  it("waits for nothing while nobody looks", async () => {
    let look = (): void => {};
    open({ seen: () => new Promise<void>((done) => (look = done)) });
    await rest();
    expect(book.asked).toEqual([]);
    look();
    await rest();
    expect(book.asked).toEqual(["now"]);
  });

  it("takes over a file and reports what could not be", async () => {
    const edits = open();
    await rest();
    expect((await edits.take("{}"))?.missing).toEqual(["a note"]);
    expect(edits.revision).toBe(1);
    expect(await edits.exported()).toBe("{}");
  });
});

it("finds the layers whose picture changed", () => {
  const before = [layer("a", [1]), layer("b", [1]), layer("gone", [1])];
  const after = [layer("a", [1], { note: "n", locked: true }), layer("b", [1], { name: "new" }), layer("come", [1])];
  expect(changedLayers(before, after).sort()).toEqual(["b", "come", "gone"]);
  expect(changedLayers(before, before)).toEqual([]);
});

it("is closed where nobody keeps edits", async () => {
  const edits = closedEdits("This is a report.");
  expect([edits.closed, await edits.make(rename("x")), edits.revision]).toEqual(["This is a report.", false, 0]);
});

it("shows what was written where nothing can be changed", async () => {
  const book = new Book();
  book.elsewhere([layer("a", [0], { note: "Look here." })]);
  const edits = closedEdits("This is a report.", book.now);
  await rest();
  expect(readyOf(edits.scene)?.layers[0]?.clusters[0]?.note).toBe("Look here.");
  expect([edits.closed, readyOf(edits.scene)?.closed]).toEqual(["This is a report.", "This is a report."]);
  book.problem = new Error("gone");
  const none = closedEdits("This is a report.", book.now);
  await rest();
  expect(readyOf(none.scene)?.layers).toEqual([]);
});
