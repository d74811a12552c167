import { describe, expect, it } from "vitest";
import { all, readXml, wordsOf } from "./testing.ts";
import { escaped, group, line, paint, short, tag } from "./xml.ts";

/** Names, and what is left of them in a document: all but what XML has no way to write. */
const NASTY: [string, string][] = [
  [`</text><script>alert("1")</script>`, `</text><script>alert("1")</script>`],
  ["R&D <3 'quotes' \"double\" &amp;", "R&D <3 'quotes' \"double\" &amp;"],
  ["a\u0000b\u001fc", "a\ufffdb\ufffdc"],
  ["lone \ud800 half", "lone \ufffd half"],
  ["犬 🐕 é", "犬 🐕 é"],
];

describe("markup", () => {
  it.each(NASTY)("keeps a name as it is, whatever is in it: %j", (name, kept) => {
    const read = readXml(tag("g", { "data-name": name }, tag("text", {}, escaped(name))));
    expect(read.attributes["data-name"]).toBe(kept);
    expect(wordsOf(read)).toBe(kept);
    expect(all(read, "script")).toHaveLength(0);
  });

  it("leaves out what is not there, and rounds numbers", () => {
    expect(tag("rect", { x: 1.23456, y: 0, rx: null, ry: undefined })).toBe('<rect x="1.23" y="0"/>');
    expect([short(-0.001), short(1e-9), short(12)]).toEqual(["0", "0", "12"]);
    expect(group({ opacity: 1 }, ["", ""])).toBe("");
  });

  it("says transparency apart from the colour", () => {
    expect(paint("fill", "#18202580")).toEqual({ fill: "#182025", "fill-opacity": 128 / 255 });
    expect(paint("stroke", "#182025")).toEqual({ stroke: "#182025" });
  });

  it("writes a line of text, its halo below it", () => {
    const words = { x: 5, y: 10, size: 10, colour: "#111111" };
    expect(line("", words)).toBe("");
    const texts = all(readXml(`<g>${line("cat & dog", { ...words, halo: "#ffffff", turned: -90 })}</g>`), "text");
    expect(texts.map(wordsOf)).toEqual(["cat & dog", "cat & dog"]);
    expect(texts.map((one) => one.attributes.fill)).toEqual(["#ffffff", "#111111"]);
    expect(texts[1]?.attributes.transform).toBe("rotate(-90 5 10)");
  });
});
