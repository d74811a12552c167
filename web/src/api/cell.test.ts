import { describe, expect, it } from "vitest";
import type { FromPage, ToPage } from "./bridge.ts";
import { CellWay } from "./cell.ts";
import { RunClient } from "./client.ts";
import { lineOver } from "./line.ts";

/** A cell whose kernel answers what a test says; nothing: it stays silent. */
function cell(answer: (asked: FromPage) => ToPage | null): { way: CellWay; heard: FromPage[] } {
  const heard: FromPage[] = [];
  const target = new EventTarget();
  const port = Object.assign(target, {
    start: () => {},
    postMessage: (what: FromPage) => {
      heard.push(what);
      const said = answer(what);
      if (said) queueMicrotask(() => target.dispatchEvent(new MessageEvent("message", { data: said })));
    },
  });
  return { way: new CellWay(port as unknown as MessagePort), heard };
}

const bytes = (text: string): ArrayBuffer => new TextEncoder().encode(text).buffer as ArrayBuffer;
const says =
  (content: ArrayBuffer, status = 200) =>
  (asked: FromPage): ToPage | null =>
    asked.kind === "ask" ? { kind: "answer", id: asked.id, status, type: "application/json", content } : null;
const never = new AbortController().signal;

describe("CellWay", () => {
  it("gives the kernel's answers as a server's", async () => {
    const { way, heard } = cell(says(bytes('{"layer":"conv1"}')));
    const client = new RunClient("a b", { line: lineOver(way, () => null) });
    expect(await client.layer("conv1", never)).toEqual({ layer: "conv1" });
    expect(heard).toEqual([{ kind: "ask", id: 1, method: "GET", address: "api/runs/a%20b/layer?id=conv1", body: "" }]);
  });

  it("sends edits on, and passes on refusals with all that came", async () => {
    const body = { error: "It has been changed.", remedy: "Look.", edits: { revision: 7 } };
    const { way, heard } = cell(says(bytes(JSON.stringify(body)), 409));
    const client = new RunClient("a", { line: lineOver(way, () => null) });
    await expect(client.edits?.undo({ revision: 3 }, never)).rejects.toMatchObject({ status: 409, body });
    expect(heard[0]).toMatchObject({ method: "POST", address: "api/runs/a/edits/undo", body: '{"revision":3}' });
  });

  it("reads numbers", async () => {
    const { way } = cell(says(new Uint8Array([0x00, 0x3c]).buffer));
    const client = new RunClient("a", { line: lineOver(way, () => null) });
    expect([...(await client.matrix("matrix?layer=l", never))]).toEqual([1]);
  });

  it("says what to do when the kernel is gone", async () => {
    const { way } = cell((asked) => (asked.kind === "ask" ? { kind: "lost", id: asked.id } : null));
    const client = new RunClient("a", { line: lineOver(way, () => null) });
    await expect(client.scene(never)).rejects.toMatchObject({ remedy: "Run the notebook's cell again." });
  });

  it("tells the kernel what is no longer wanted, and drops the answer that comes all the same", async () => {
    const { way, heard } = cell(() => null);
    const stop = new AbortController();
    const asked = way.send("api/runs/a/edits/events?after=3", { signal: stop.signal });
    stop.abort();
    await expect(asked).rejects.toBe(stop.signal.reason);
    expect(heard.map((one) => one.kind)).toEqual(["ask", "drop"]);
    await expect(way.send("api/runs", { signal: stop.signal })).rejects.toBe(stop.signal.reason);
    expect(heard).toHaveLength(2);
  });
});
