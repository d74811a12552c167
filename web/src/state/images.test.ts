import { describe, expect, it } from "vitest";
import { LoadedImages } from "./images.svelte.ts";

const rest = (): Promise<void> => new Promise((done) => setTimeout(done));

function images(options: { keep?: number; fail?: boolean } = {}): { shown: LoadedImages; asked: string[] } {
  const asked: string[] = [];
  const load = async (address: string): Promise<Blob> => {
    asked.push(address);
    if (options.fail) throw new Error("gone");
    return new Blob([address]);
  };
  const encode = async (blob: Blob): Promise<string> => `data:,${await blob.text()}`;
  return { shown: new LoadedImages(load, { ...options, encode }), asked };
}

describe("LoadedImages", () => {
  it("shows nothing while an image is on its way, and asks once", async () => {
    const { shown, asked } = images();
    expect(shown.url("a")).toMatch(/^data:image\/gif/);
    shown.url("a");
    await rest();
    expect(shown.url("a")).toBe("data:,a");
    expect(asked).toEqual(["a"]);
  });

  it("gives what cannot be had to the element as what it cannot show", async () => {
    const { shown } = images({ fail: true });
    shown.url("a");
    await rest();
    expect(shown.url("a")).toBe("data:,");
  });

  it("keeps so many, and asks again for what it gave up", async () => {
    const { shown, asked } = images({ keep: 2 });
    for (const address of ["a", "b", "c", "a"]) {
      shown.url(address);
      await rest();
    }
    expect(asked).toEqual(["a", "b", "c", "a"]);
    expect(shown.url("c")).toBe("data:,c");
  });
});
