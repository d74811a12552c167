import { describe, expect, it } from "vitest";
import { seeded } from "../../../mock/random.ts";
import { type Key, keyOf } from "./keys.ts";
import { type LinkPicture, linkPicture } from "./picture.ts";
import { cardOpacity, litOpacity, plainOpacity, relevanceOf } from "./relevance.ts";
import { bundle, curve, gap, plainSource, trunk } from "./testing.ts";

const FAR = Number.POSITIVE_INFINITY;

interface Link {
  from: Key;
  to: Key;
}

const linksOf = ({ items }: LinkPicture): Link[] =>
  items.flatMap((item) =>
    item.links.map(({ source, target }) => ({
      from: item.sources[source]?.key ?? "",
      to: item.targets[target]?.key ?? "",
    })),
  );

/** Distances by relaxing every connection until nothing changes. */
function relaxed(links: readonly Link[], start: Key, back: boolean): Map<Key, number> {
  const out = new Map([[start, 0]]);
  for (let round = 0; round <= links.length; round++) {
    for (const link of links) {
      const [from, to] = back ? [link.to, link.from] : [link.from, link.to];
      const there = (out.get(from) ?? FAR) + 1;
      if (there < (out.get(to) ?? FAR)) out.set(to, there);
    }
  }
  return out;
}

const COLUMNS = [
  ["a", "b", "c"],
  ["d", "e", "f"],
  ["g", "h"],
];

function invented(seed: number): LinkPicture {
  const random = seeded(seed);
  const some = (ids: readonly string[]): string[] => ids.filter(() => random() < 0.6);
  const pairs = (from: readonly string[], to: readonly string[]): [string, string][] =>
    from.flatMap((one) => to.filter(() => random() < 0.3).map((other): [string, string] => [one, other]));
  const gaps = [0, 1].map((source) => {
    const [from, to] = [COLUMNS[source] ?? [], COLUMNS[source + 1] ?? []];
    const curves = pairs(from, to).map(([one, other]) => curve(one, other));
    const bundles = [bundle(some(from), some(to))].filter((one) => one.sources.length > 0 && one.targets.length > 0);
    return gap({ source, target: source + 1, curves, bundles });
  });
  const jumps = pairs(COLUMNS[0] ?? [], COLUMNS[2] ?? []).map((pair) => pair.join(" "));
  const trunks = jumps.length > 0 ? [trunk(jumps)] : [];
  return linkPicture(plainSource(COLUMNS, [...gaps, gap({ source: 0, target: 2, trunks })]));
}

describe("distance from a cluster", () => {
  it("is that along the connections, and a strand is as near as the nearest connection along it", () => {
    for (let seed = 0; seed < 40; seed++) {
      const picture = invented(seed);
      const start = keyOf("l1", "e");
      const found = relevanceOf(picture, { kind: "clusters", keys: [start] });
      const links = linksOf(picture);
      const [ahead, behind] = [relaxed(links, start, false), relaxed(links, start, true)];
      picture.strands.forEach((strand, index) => {
        const item = picture.items[strand.item];
        const own = (item?.links ?? [])
          .filter(
            (link) =>
              (strand.source === null || link.source === strand.source) &&
              (strand.target === null || link.target === strand.target),
          )
          .map((link) =>
            Math.min(
              ahead.get(item?.sources[link.source]?.key ?? "") ?? FAR,
              behind.get(item?.targets[link.target]?.key ?? "") ?? FAR,
            ),
          );
        expect(found?.strands[index]).toBe(Math.min(...own));
      });
      for (const key of picture.boxes.keys()) {
        const slow = Math.min(ahead.get(key) ?? FAR, behind.get(key) ?? FAR);
        expect(found?.clusters.get(key) ?? FAR).toBe(slow);
      }
    }
  });

  it("lights only the own curve into a bicluster's node", () => {
    const picture = linkPicture(plainSource(COLUMNS, [gap({ bundles: [bundle(["a", "b"], ["d", "e", "f"])] })]));
    const found = relevanceOf(picture, { kind: "clusters", keys: [keyOf("l0", "a")] });
    expect(found?.strands).toEqual([0, FAR, 0, 0, 0]);
  });

  it("lights of a trunk only the ends that are connected", () => {
    const jump = gap({ source: 0, target: 2, trunks: [trunk(["a g", "b h"])] });
    const picture = linkPicture(plainSource(COLUMNS, [jump]));
    const found = relevanceOf(picture, { kind: "clusters", keys: [keyOf("l0", "a")] });
    expect(found?.strands).toEqual([0, FAR, 0, 0, FAR]);
    expect(found?.clusters.has(keyOf("l2", "h"))).toBe(false);
  });
});

it("lights a drawn item and the clusters that it joins", () => {
  const curves = [curve("a", "d"), curve("b", "e")];
  const picture = linkPicture(plainSource(COLUMNS, [gap({ curves })]));
  const found = relevanceOf(picture, { kind: "item", item: 1 });
  expect(found?.strands).toEqual([FAR, 0]);
  expect([...(found?.clusters.keys() ?? [])]).toEqual([keyOf("l0", "b"), keyOf("l1", "e")]);
});

it("dims all curves under a traced way, which is drawn once by itself", () => {
  const picture = linkPicture(plainSource(COLUMNS, [gap({ curves: [curve("a", "d")] })]));
  const keys = [keyOf("l1", "d"), keyOf("l0", "a")];
  const found = relevanceOf(picture, { kind: "path", keys });
  expect(found?.strands).toEqual([FAR]);
  expect([...(found?.clusters.keys() ?? [])]).toEqual(keys);
});

it.each([0, 1, 2, 3])("lights clusters that answer, and what joins them alone: %i", (seed) => {
  const picture = invented(seed);
  const keys = [keyOf("l0", "a"), keyOf("l1", "d"), keyOf("l1", "e")];
  const found = relevanceOf(picture, { kind: "answers", keys });
  expect(found?.clusters).toEqual(new Map(keys.map((key) => [key, 0])));
  picture.strands.forEach(({ item, source, target }, index) => {
    const { sources, targets, links } = picture.items[item] as (typeof picture.items)[number];
    const through = links.filter(
      (link) => (source === null || link.source === source) && (target === null || link.target === target),
    );
    const joins = through.some(
      (link) => keys.includes(sources[link.source]?.key ?? "") && keys.includes(targets[link.target]?.key ?? ""),
    );
    expect(found?.strands[index]).toBe(joins ? 0 : FAR);
  });
});

it("lights everything alike when nothing is looked at", () => {
  expect(relevanceOf(invented(1), null)).toBeNull();
});

describe("opacity", () => {
  const plain = { skip: false, source: 0, target: 0 };
  const way = { skip: true, source: null, target: null };
  const fan = { skip: true, source: 0, target: null };

  it("falls with the distance, and what jumps stays behind the others", () => {
    const own = [0, 1, 2, 3, 9, FAR].map((distance) => litOpacity(plain, distance));
    expect([...own].sort((a, b) => b - a)).toEqual(own);
    expect(own.at(-1)).toBe(0);
    expect(plainOpacity(way)).toBeLessThan(plainOpacity(plain));
    expect(plainOpacity(fan)).toBeLessThan(plainOpacity(way));
    expect(litOpacity(fan, 0)).toBe(litOpacity(plain, 0));
    expect(litOpacity(fan, 1)).toBe(plainOpacity(fan));
  });

  it("dims cards that are not connected", () => {
    expect(cardOpacity(undefined)).toBeLessThan(cardOpacity(2));
    expect(cardOpacity(0)).toBe(1);
  });
});
