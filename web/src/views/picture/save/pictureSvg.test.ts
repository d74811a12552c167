import { afterAll, describe, expect, it, vi } from "vitest";
import type { MockRun } from "../../../../mock/run.ts";
import { corners, resnet20, thousand } from "../../../../mock/runs.ts";
import { atOnce } from "../../../marks/sliced.ts";
import { all, edgesOf, type Node, pointsOf, readXml, wordsOf } from "../../../marks/svg/testing.ts";
import { short } from "../../../marks/svg/xml.ts";
import { NO_BRUSH, type ViewState } from "../../../state/viewState.ts";
import { savedPicture } from "./collect.ts";
import { pictureSvg } from "./pictureSvg.ts";
import { PAPER, sourceOf, withoutBrowser } from "./testing.ts";

afterAll(() => {
  vi.unstubAllGlobals();
});

/** The same run with names that markup must not swallow. */
function nasty(): MockRun {
  const run = resnet20();
  const wild = (text: string): string => `${text} </text> & <b>"quoted" 'twice'\u0001`;
  const classes = run.scene.classes.map((one) => ({ ...one, name: wild(one.name) }));
  const scene = { ...run.scene, classes, run: { ...run.scene.run, name: wild("run") } };
  const layer = (id: string) => {
    const one = run.layer(id);
    return { ...one, clusters: one.clusters.map((cluster) => ({ ...cluster, title: wild(cluster.title) })) };
  };
  return { ...run, scene, layer };
}

const ALL = ["group:layer1", "group:layer2", "group:layer3"];
const CASES: [string, () => MockRun, Partial<ViewState>][] = [
  ["features", resnet20, {}],
  ["activations", resnet20, { facet: "activations" }],
  ["contributions", resnet20, { facet: "contributions", normalisation: "layer" }],
  ["opened", resnet20, { open: ALL }],
  ["picked", resnet20, { brush: { ...NO_BRUSH, classes: [1, 3] } }],
  ["a thousand classes", thousand, { facet: "activations" }],
  ["corners", corners, {}],
  ["corners without contributions", corners, { facet: "contributions" }],
  ["names full of markup", nasty, {}],
];

function made(run: MockRun, part: Partial<ViewState>) {
  const source = sourceOf(run, part);
  const saved = savedPicture(source);
  const drawing = atOnce(pictureSvg(saved, PAPER));
  return { source, saved, drawing, read: readXml(drawing.svg()) };
}

const cardsIn = (read: Node): Node[] => all(read, "g").filter((one) => one.attributes["data-card"] !== undefined);

describe.each(CASES)("a saved picture: %s", (_, run, part) => {
  withoutBrowser();
  const { source, saved, drawing, read } = made(run(), part);

  it("has every card and class that the page has, where the page has it", () => {
    const columns = source.stage.columns.filter(({ column }) => column.kind !== "input");
    expect(cardsIn(read)).toHaveLength(columns.reduce((sum, column) => sum + column.cards.length, 0));
    expect(saved.cards.map(({ card, x }) => [x, card.y])).toEqual(
      columns
        .filter(({ column }) => column.kind === "clusters")
        .flatMap(({ x, cards }) => cards.map(({ y }) => [x, y])),
    );
    const titles = all(read, "text").map(wordsOf);
    expect(titles).toContain(source.stage.columns[1]?.column.title);
  });

  it("lies within its own edges", () => {
    expect(read.attributes.viewBox).toBe(`0 0 ${drawing.width} ${drawing.height}`);
    for (const { node, left, top, right, bottom } of edgesOf(read)) {
      const what = `${node.name} ${JSON.stringify(node.attributes)} ${wordsOf(node)}`;
      expect(left, what).toBeGreaterThanOrEqual(-0.01);
      expect(top, what).toBeGreaterThanOrEqual(-0.01);
      expect(right, what).toBeLessThanOrEqual(drawing.width + 0.01);
      expect(bottom, what).toBeLessThanOrEqual(drawing.height + 0.01);
    }
  });

  it("has no text beside a card", () => {
    for (const card of cardsIn(read)) {
      const edges = edgesOf(card);
      const plate = edges.find(({ node }) => node.name === "rect");
      for (const { node, left, top, right, bottom } of edges.filter((one) => one.node.name === "text")) {
        const what = wordsOf(node);
        expect(left, what).toBeGreaterThanOrEqual(plate?.left ?? 0);
        expect(right, what).toBeLessThanOrEqual((plate?.right ?? 0) + 0.1);
        expect(top, what).toBeGreaterThanOrEqual((plate?.top ?? 0) - 3);
        expect(bottom, what).toBeLessThanOrEqual((plate?.bottom ?? 0) + 3);
      }
    }
  });

  it("draws every connection, from the picture's own numbers", () => {
    const links = all(read, "g").find((one) => one.attributes["data-part"] === "connections");
    const ends = new Set(all(links as Node, "path").map((path) => pointsOf(path.attributes.d ?? "")[0]?.join(" ")));
    if (run === resnet20) expect(saved.links.strands.length).toBeGreaterThan(10);
    for (const { points } of saved.links.strands) {
      expect(ends).toContain(`${short(points[0] ?? 0)} ${short(points[1] ?? 0)}`);
    }
  });

  it("is in its sheets what it is as a whole", () => {
    const sheets = drawing.sheets();
    const inside = ({ svg }: (typeof sheets)[number]): string => /<svg[^>]*>(.*)<\/svg>/s.exec(svg)?.[1] ?? "";
    const whole = /<\/title>(.*)<\/svg>/s.exec(drawing.svg())?.[1];
    expect(sheets.map(inside).join("")).toBe(whole);
    for (const { svg, left, right } of sheets) {
      const sheet = readXml(svg);
      expect(sheet.attributes).toEqual(read.attributes);
      for (const edges of edgesOf(sheet)) {
        expect(edges.left).toBeGreaterThanOrEqual(left - 0.01);
        expect(edges.right).toBeLessThanOrEqual(right + 0.01);
      }
    }
  });

  it("is the same text every time, without a link to elsewhere", () => {
    expect(made(run(), part).drawing.svg()).toBe(drawing.svg());
    const hrefs = all(read, "image").map((image) => image.attributes["xlink:href"] ?? "");
    expect(hrefs.every((href) => href.startsWith("data:image/png"))).toBe(true);
    expect(drawing.svg()).not.toMatch(/style=|<style|<script|url\((?!#)/);
  });
});

it("what is not near to what is looked at steps back", () => {
  const source = sourceOf(resnet20(), {}, { kind: "item", item: 0 });
  const read = readXml(atOnce(pictureSvg(savedPicture(source), PAPER)).svg());
  expect(all(read, "g").filter((one) => one.attributes.opacity === "0.14")).toHaveLength(1);
});
