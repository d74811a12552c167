import { afterEach, describe, expect, it, vi } from "vitest";
import { listRuns, RunClient } from "./client.ts";
import { EditClient } from "./edits.ts";
import { ServerProblem } from "./request.ts";

const signal = new AbortController().signal;

function answer(body: unknown, status = 200): void {
  vi.stubGlobal(
    "fetch",
    vi.fn(async () => new Response(typeof body === "string" ? body : JSON.stringify(body), { status })),
  );
}

afterEach(() => vi.unstubAllGlobals());

describe("listRuns", () => {
  it("asks at an address relative to the page", async () => {
    answer([]);
    expect(await listRuns(signal)).toEqual([]);
    expect(fetch).toHaveBeenCalledWith("api/runs", { signal });
  });

  it("says that the server is gone", async () => {
    vi.stubGlobal(
      "fetch",
      vi.fn(async () => Promise.reject(new TypeError("failed"))),
    );
    await expect(listRuns(signal)).rejects.toMatchObject({ message: "The cnnvis server does not answer." });
  });

  it("lets an aborted request go", async () => {
    const stop = new AbortController();
    stop.abort();
    const abort = new DOMException("aborted", "AbortError");
    vi.stubGlobal(
      "fetch",
      vi.fn(async () => Promise.reject(abort)),
    );
    await expect(listRuns(stop.signal)).rejects.toBe(abort);
  });

  it("does not take a page for an answer", async () => {
    answer("<!doctype html>");
    await expect(listRuns(signal)).rejects.toBeInstanceOf(ServerProblem);
  });
});

describe("RunClient", () => {
  it("encodes ids", async () => {
    answer({});
    await new RunClient("a b").layer("layer1.0/relu#2", signal);
    expect(fetch).toHaveBeenCalledWith("api/runs/a%20b/layer?id=layer1.0%2Frelu%232", { signal });
  });

  it("passes on the server's own words", async () => {
    answer({ error: "The run has no layer 'x'.", remedy: "Reload the page." }, 404);
    const problem = { message: "The run has no layer 'x'.", remedy: "Reload the page." };
    await expect(new RunClient("a").layer("x", signal)).rejects.toMatchObject(problem);
  });

  it("keeps all that came with a refusal, and its status", async () => {
    const body = { error: "It has been changed.", remedy: "Look.", edits: { revision: 7 } };
    answer(body, 409);
    const edits = new EditClient("api/runs/a");
    await expect(edits.undo({ revision: 3 }, signal)).rejects.toMatchObject({ status: 409, body });
    expect(fetch).toHaveBeenCalledWith("api/runs/a/edits/undo", { method: "POST", body: '{"revision":3}', signal });
  });

  it("waits for the next edit at an address of its own", async () => {
    answer({ revision: 8 });
    expect(await new EditClient("api/runs/a").next(7, signal)).toBe(8);
    expect(fetch).toHaveBeenCalledWith("api/runs/a/edits/events?after=7", { signal });
  });

  it.each([
    [500, "The server answered with status 500."],
    [502, "The cnnvis server does not answer."],
  ])("explains status %i without words", async (status, message) => {
    answer("oops", status);
    await expect(new RunClient("a").scene(signal)).rejects.toMatchObject({ message });
  });

  it("reads a matrix as numbers, from the address that the layer names", async () => {
    const halves = new Uint8Array([0x00, 0x3c, 0x00, 0x7e]);
    vi.stubGlobal(
      "fetch",
      vi.fn(async () => new Response(halves)),
    );
    const values = await new RunClient("a").matrix("matrix?layer=l&facet=activations", signal);
    expect([...values]).toEqual([1, Number.NaN]);
    expect(fetch).toHaveBeenCalledWith("api/runs/a/matrix?layer=l&facet=activations", { signal });
  });

  it("asks for a cluster's own class order", async () => {
    answer([2, 0, 1]);
    const of = { layer: "layer1.0/relu#2", cluster: "c1", facet: "activations" };
    expect(await new RunClient("a").classOrder(of, signal)).toEqual([2, 0, 1]);
    const address = "api/runs/a/class-order?layer=layer1.0%2Frelu%232&cluster=c1&facet=activations";
    expect(fetch).toHaveBeenCalledWith(address, { signal });
  });

  it("resolves addresses relative to the run and to the page", () => {
    const client = new RunClient("a");
    expect(client.resolve("image?sample=3")).toBe("api/runs/a/image?sample=3");
    expect(client.resolve("api/runs/a/image?sample=3")).toBe("api/runs/a/image?sample=3");
  });
});
