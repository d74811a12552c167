import { describe, expect, it } from "vitest";
import { LoadingShelf } from "./shelf.svelte.ts";

/** Requests that are answered by hand. */
function desk() {
  const asked: string[] = [];
  const answers = new Map<string, { resolve: (value: string) => void; reject: (error: Error) => void }>();
  const load = (key: string): Promise<string> => {
    asked.push(key);
    return new Promise((resolve, reject) => answers.set(key, { resolve, reject }));
  };
  const settle = async (key: string, error?: Error): Promise<void> => {
    const answer = answers.get(key);
    if (error) answer?.reject(error);
    else answer?.resolve(key.toUpperCase());
    await new Promise((done) => setTimeout(done, 0));
  };
  return { asked, load, settle };
}

describe("LoadingShelf", () => {
  it("loads only what is wanted, a few at a time, in order", async () => {
    const { asked, load, settle } = desk();
    const shelf = new LoadingShelf(new AbortController().signal, { load, limit: 2 });
    expect(shelf.get("a")).toEqual({ status: "pending" });
    expect(asked).toEqual([]);
    shelf.want("view", ["a", "b", "c"]);
    expect(asked).toEqual(["a", "b"]);
    await settle("a");
    expect(asked).toEqual(["a", "b", "c"]);
    expect(shelf.get("a")).toEqual({ status: "ready", value: "A" });
  });

  it("forgets what is no longer wanted and has not begun", async () => {
    const { asked, load, settle } = desk();
    const shelf = new LoadingShelf(new AbortController().signal, { load, limit: 1 });
    shelf.want("view", ["a", "b"]);
    shelf.want("view", ["c"]);
    await settle("a");
    expect(asked).toEqual(["a", "c"]);
  });

  it("keeps what another owner wants", async () => {
    const { asked, load, settle } = desk();
    const shelf = new LoadingShelf(new AbortController().signal, { load, limit: 1 });
    shelf.want("picture", ["a", "b"]);
    shelf.want("details", ["c"]);
    shelf.want("picture", []);
    await settle("a");
    expect(asked).toEqual(["a", "c"]);
  });

  it("shows a failure and tries again when asked", async () => {
    const { asked, load, settle } = desk();
    const shelf = new LoadingShelf(new AbortController().signal, { load });
    shelf.want("view", ["a"]);
    await settle("a", Object.assign(new Error("gone"), { remedy: "start it" }));
    expect(shelf.get("a")).toEqual({ status: "error", trouble: { message: "gone", remedy: "start it" } });
    expect(asked).toEqual(["a"]);
    shelf.retry("a");
    await settle("a");
    expect(shelf.get("a").status).toBe("ready");
    shelf.retry("a");
    expect(asked).toEqual(["a", "a"]);
  });

  it("gives up the longest unwanted values beyond its limit", async () => {
    const { load, settle } = desk();
    const gone: string[] = [];
    const shelf = new LoadingShelf(new AbortController().signal, {
      load,
      keep: 1,
      dispose: (value) => gone.push(value),
    });
    for (const key of ["a", "b", "c"]) {
      shelf.want("view", [key]);
      await settle(key);
    }
    expect(gone).toEqual(["A"]);
    expect(shelf.get("b").status).toBe("ready");
  });

  it("keeps what changed until the new value is there", async () => {
    const { asked, load, settle } = desk();
    const gone: string[] = [];
    const shelf = new LoadingShelf(new AbortController().signal, { load, dispose: (value) => gone.push(value) });
    shelf.want("view", ["a", "b"]);
    await settle("a");
    await settle("b");
    shelf.renew((key) => key === "a");
    expect(asked).toEqual(["a", "b", "a"]);
    expect(shelf.get("a").status).toBe("ready");
    expect(gone).toEqual([]);
    await settle("a");
    expect(gone).toEqual(["A"]);
    expect(asked).toEqual(["a", "b", "a"]);
  });

  it("forgets what changed and nobody wants", async () => {
    const { asked, load, settle } = desk();
    const shelf = new LoadingShelf(new AbortController().signal, { load });
    shelf.want("view", ["a"]);
    await settle("a");
    shelf.want("view", []);
    shelf.renew(() => true);
    expect(shelf.get("a").status).toBe("pending");
    expect(asked).toEqual(["a"]);
  });

  it("asks once more where the answer was on its way when the change came", async () => {
    const { asked, load, settle } = desk();
    const shelf = new LoadingShelf(new AbortController().signal, { load });
    shelf.want("view", ["a"]);
    shelf.renew(() => true);
    shelf.renew(() => true);
    expect(asked).toEqual(["a"]);
    // What comes is newer than what was shown: with many changes in a row something is to be seen all the same.
    await settle("a");
    expect(shelf.get("a").status).toBe("ready");
    expect(asked).toEqual(["a", "a"]);
    await settle("a");
    expect(asked).toEqual(["a", "a"]);
  });

  it("disposes of everything, late answers too, when it ends", async () => {
    const { load, settle } = desk();
    const gone: string[] = [];
    const stop = new AbortController();
    const shelf = new LoadingShelf(stop.signal, { load, dispose: (value) => gone.push(value) });
    shelf.want("view", ["a", "b"]);
    await settle("a");
    stop.abort();
    await settle("b");
    expect(gone).toEqual(["A", "B"]);
  });

  it("says while something is on its way", async () => {
    const { load, settle } = desk();
    const shelf = new LoadingShelf(new AbortController().signal, { load });
    shelf.want("view", ["a"]);
    expect(shelf.busy).toBe(true);
    await settle("a");
    expect(shelf.busy).toBe(false);
    shelf.renew();
    expect(shelf.busy).toBe(true);
    expect(shelf.get("a").status).toBe("ready");
    await settle("a");
    expect(shelf.busy).toBe(false);
  });

  it("gives up what nobody wants when everything is loaded anew", async () => {
    const { load, settle } = desk();
    const shelf = new LoadingShelf(new AbortController().signal, { load });
    shelf.want("view", ["a", "b"]);
    await settle("a");
    await settle("b");
    shelf.want("view", ["b"]);
    shelf.renew();
    expect([shelf.get("a").status, shelf.get("b").status]).toEqual(["pending", "ready"]);
  });

  it("has a value there for whoever waits for it, and waits for nothing that ends", async () => {
    const { asked, load, settle } = desk();
    const stop = new AbortController();
    const shelf = new LoadingShelf(stop.signal, { load });
    const there = shelf.ensure("a");
    await settle("a");
    await there;
    await shelf.ensure("a");
    expect(asked).toEqual(["a"]);
    expect(shelf.get("a").status).toBe("ready");
    const never = shelf.ensure("b");
    stop.abort();
    await never;
  });
});
