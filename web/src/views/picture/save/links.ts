import { cardOpacity, litOpacity, plainOpacity } from "../../../layout/connections/relevance.ts";
import { traceKeyAt, traceLines } from "../../../layout/connections/trace.ts";
import type { Links } from "../../../state/links.ts";
import type { LinkBoard } from "../connections/links.svelte.ts";
import type { SavedLinks } from "./pictureSvg.ts";

/** The connections as they are drawn, and what is near to what is looked at. */
export function savedLinks({ links, user }: { links: LinkBoard; user: { links: Links } }): SavedLinks {
  const { picture, relevance } = links;
  const { strands, nodes, items } = picture;
  const fans = [...picture.boxes].filter(([, box]) => box.fan.length > 0);
  const trace = traceLines(links.traced, picture, traceKeyAt(links.path, user.links.trace?.stop ?? 0));
  const far = Number.POSITIVE_INFINITY;
  const distances = new Map<number, number>();
  strands.forEach((strand, index) => {
    const distance = relevance?.strands[index] ?? 0;
    distances.set(strand.item, Math.min(distances.get(strand.item) ?? far, distance));
  });
  return {
    strands,
    opacity: strands.map(plainOpacity),
    lit: relevance && strands.map((strand, index) => litOpacity(strand, relevance.strands[index] ?? far)),
    fans: fans.map(([, box]) => ({ box, opacity: 0.75 })),
    litFans: fans.flatMap(([key, box]) =>
      relevance?.clusters.has(key) ? [{ box, opacity: cardOpacity(relevance.clusters.get(key)) }] : [],
    ),
    trace,
    stop: links.stop,
    nodes: nodes.flatMap((node) => {
      const item = items[node.item];
      if (!item) return [];
      const opacity = (distances.get(node.item) ?? 0) > 1 ? 0.2 : item.kind === "trunk" ? 0.75 : 1;
      return [{ node, sign: item.sign, opacity }];
    }),
  };
}
