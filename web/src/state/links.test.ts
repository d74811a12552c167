import { describe, expect, it } from "vitest";
import { type Links, linkStep, lookedAway, readLinks, START_LINKS, writeLinks } from "./links.ts";

const FULL: Links = {
  mode: "contribution",
  share: 0.35,
  all: true,
  item: "0>1 a + b",
  trace: { layer: "layer3.2/relu#2", cluster: "c&3", label: null, stop: 2, own: null },
  panel: "check",
};

describe("links in an address", () => {
  it.each([
    ["nothing", START_LINKS],
    ["everything", FULL],
    ["a class", { ...START_LINKS, trace: { layer: "fc", cluster: null, label: 0, stop: 0, own: 4 } }],
    ["none drawn", { ...START_LINKS, share: 0 }],
  ])("come back the same with %s", (_, links) => {
    const query = new URLSearchParams();
    writeLinks(query, links);
    expect(readLinks(new URLSearchParams(query.toString()))).toEqual(links);
  });

  it("are short when nothing was chosen", () => {
    const query = new URLSearchParams();
    writeLinks(query, START_LINKS);
    expect(query.toString()).toBe("");
  });

  it("leave out what is not understood", () => {
    const text = "mode=both&share=2&trace=a&trace-class=-1&stop=x&panel=door";
    expect(readLinks(new URLSearchParams(text))).toEqual(START_LINKS);
    expect(readLinks(new URLSearchParams("share=much")).share).toBe(START_LINKS.share);
  });
});

it("counts neither the slider nor the stop as a step", () => {
  const step = (links: Links): string => JSON.stringify(linkStep(links));
  expect(step({ ...FULL, share: 0.9 })).toBe(step(FULL));
  expect(step({ ...FULL, trace: FULL.trace && { ...FULL.trace, stop: 0 } })).toBe(step(FULL));
  expect(step({ ...FULL, item: null })).not.toBe(step(FULL));
  const list = { ...FULL, panel: "list" } as const;
  expect(step({ ...list, item: null })).toBe(step(list));
});

it("forgets what was looked at, and nothing else", () => {
  expect(lookedAway(FULL)).toEqual({ ...START_LINKS, mode: "contribution", share: 0.35, all: true });
  expect(lookedAway(START_LINKS)).toBe(START_LINKS);
});
