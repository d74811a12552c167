import { afterEach, describe, expect, it, vi } from "vitest";
import { RunClient } from "./client.ts";
import { keyOf, ReportLine, reportIn } from "./report.ts";
import { ServerProblem } from "./request.ts";
import type { Pack, Report } from "./types.ts";

const signal = new AbortController().signal;
const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));

async function zipped(value: unknown): Promise<string> {
  const stream = new Blob([JSON.stringify(value)]).stream().pipeThrough(new CompressionStream("gzip"));
  return base64(new Uint8Array(await new Response(stream).arrayBuffer()));
}

async function made(answers: Record<string, unknown>, more: Pack[] = []): Promise<Report> {
  const json: Pack = {
    addresses: Object.keys(answers),
    media_type: "application/json",
    data: await zipped(Object.values(answers)),
    file: "",
  };
  const run = { id: "a b", name: "a", detail: "", created: "", error: "", read_only: true };
  return { version: 1, run, packs: [json, ...more], left_out: ["This report leaves out 3 layers."] };
}

const image: Pack = {
  addresses: ["runs/a b/image?sample=3"],
  media_type: "image/png",
  data: base64(new Uint8Array([1, 2, 255])),
  file: "",
};

afterEach(() => vi.unstubAllGlobals());

describe("keyOf", () => {
  it.each([
    ["api/runs", "runs"],
    ["api/runs/a%20b/scene", "runs/a b/scene"],
    ["api/runs/a/image?sample=3&v=9", "runs/a/image?sample=3"],
    ["api/runs/a/connections?share=0.8&column=b&column=a+c", "runs/a/connections?column=b&column=a c&share=0.8"],
    ["api/runs/a/layer?id=l%231", "runs/a/layer?id=l#1"],
  ])("knows %s as the server's side does", (address, key) => {
    expect(keyOf(address)).toBe(key);
  });
});

describe("ReportLine", () => {
  it("answers as the server would", async () => {
    const report = await made({ "runs/a b/layer?id=relu#1": { layer: "relu#1" }, "runs/a b/graph": [7] }, [image]);
    const client = new RunClient("a b", { editable: false, line: new ReportLine(report) });
    expect(await client.layer("relu#1", signal)).toEqual({ layer: "relu#1" });
    expect(await client.graph(signal)).toEqual([7]);
    const found = await client.image("api/runs/a%20b/image?sample=3&v=1", signal);
    expect(found.type).toBe("image/png");
    expect([...new Uint8Array(await found.arrayBuffer())]).toEqual([1, 2, 255]);
    expect(client.resolve("image?sample=3")).toBe(`data:image/png;base64,${image.data}`);
  });

  it("says which image sets it holds when it is asked for another", async () => {
    const client = new RunClient("a b", { editable: false, line: new ReportLine(await made({})) });
    const all = { label: null, answered: null, wrong: false, neuron: null, samples: [], group: null };
    await expect(client.imageSet({ ...all, samples: [3, 4] }, signal)).rejects.toThrow("and saved ones, no others");
    await expect(client.imageSet({ ...all, neuron: "relu:1" }, signal)).rejects.toThrow("does not hold that");
    await expect(client.layer("relu", signal)).rejects.toThrow("does not hold that");
  });

  it("promises more of a full report only where it leaves something out", async () => {
    const remedy = async (leftOut: string[]): Promise<string> => {
      const report = { ...(await made({})), left_out: leftOut };
      const client = new RunClient("a b", { editable: false, line: new ReportLine(report) });
      return client.graph(signal).then(
        () => "",
        (problem: ServerProblem) => problem.remedy,
      );
    };
    expect(await remedy(["This report leaves out 3 layers."])).toContain("may be in one made with `--full`");
    expect(await remedy([])).toBe("Open the run with `cnnvis open` for it.");
  });

  it("answers what the user wrote, for a page that changes nothing", async () => {
    const edits = { layers: [], groups: [{ id: "g1", name: "odd", samples: [1] }] };
    const line = new ReportLine(await made({ "runs/a b/edits": edits }));
    const client = new RunClient("a b", { editable: false, line });
    expect(client.edits).toBeNull();
    expect(await client.edited(signal)).toEqual(edits);
  });

  it("adds what it leaves out to the warnings", async () => {
    const line = new ReportLine(await made({ "runs/a b/scene": { run: { warnings: ["Careful."] } } }));
    const scene = await new RunClient("a b", { line }).scene(signal);
    expect(scene.run.warnings).toEqual(["Careful.", "This report leaves out 3 layers."]);
  });

  it("says what is not in it, and changes nothing", async () => {
    const line = new ReportLine(await made({}));
    const client = new RunClient("a b", { line });
    await expect(client.graph(signal)).rejects.toBeInstanceOf(ServerProblem);
    await expect(client.cancel(signal)).rejects.toThrow("cannot be changed");
    expect(client.resolve("image?sample=9")).toBe("data:,");
  });

  it("reads files beside the page, and tries again after a failure", async () => {
    const report = await made({}, [{ ...image, data: "", file: "data/x.png" }]);
    const line = new ReportLine(report);
    vi.stubGlobal(
      "fetch",
      vi.fn(async () => new Response("", { status: 404 })),
    );
    await expect(line.blob("api/runs/a%20b/image?sample=3", signal)).rejects.toThrow("data/x.png");
    vi.stubGlobal(
      "fetch",
      vi.fn(async () => new Response("abc")),
    );
    expect(await (await line.blob("api/runs/a%20b/image?sample=3", signal)).text()).toBe("abc");
    expect(fetch).toHaveBeenCalledWith("data/x.png", { signal });
    expect(line.url("api/runs/a%20b/image?sample=3")).toBe("data/x.png");
  });
});

describe("reportIn", () => {
  it("finds the report of a page, if there is one", async () => {
    const text = JSON.stringify(await made({}));
    const page = (textContent: string | null): Document =>
      ({ getElementById: (id: string) => (id === "cnnvis-report" ? { textContent } : null) }) as unknown as Document;
    expect(reportIn(page(text))?.run.id).toBe("a b");
    expect(reportIn(page(null))).toBeNull();
  });
});
