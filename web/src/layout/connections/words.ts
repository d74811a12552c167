import type { ConnectionScene } from "../../api/types.ts";
import { count, percent } from "../words.ts";
import type { Item } from "./items.ts";
import type { Key } from "./keys.ts";

export type Mode = ConnectionScene["mode"];

/** The two meanings of a connection, in plain words. */
export const MODE_WORDS: Readonly<Record<Mode, { name: string; text: string }>> = {
  weights: {
    name: "Weights",
    text: "how strongly the network's weights join two clusters, summed over all ways between them",
  },
  contribution: {
    name: "Contribution",
    text: "how much one cluster really moved the other on the probe images (gradient × activation)",
  },
};

export const signWords = (sign: 1 | -1): string => (sign > 0 ? "excites" : "inhibits");

/** "312 of 1,408 connections, 80 % of the weight". */
export const keptWords = (scene: Pick<ConnectionScene, "kept" | "total" | "drawn">): string =>
  `${count(scene.kept)} of ${count(scene.total)} connections, ${percent(scene.drawn, 0)} of the weight`;

/** What a drawn item says when it is pointed at. */
export function itemWords(item: Item, titleOf: (key: Key) => string): { title: string; text: string } {
  const share = `${percent(item.share)} of the weight between these columns`;
  if (!item.single) return { title: item.words, text: `a bicluster, ${share}` };
  const [from, to] = [item.sources[0]?.key ?? "", item.targets[0]?.key ?? ""];
  return { title: `“${titleOf(from)}” ${signWords(item.sign)} “${titleOf(to)}”`, text: share };
}

/** How well a meaning ranks what removing clusters really does. */
export function agreementWords(value: number | null | undefined): string {
  if (value === null || value === undefined) return "not checked yet";
  const strength = value >= 0.6 ? "well" : value >= 0.3 ? "roughly" : "badly";
  return `agrees ${strength} with real removal (rank correlation ${value.toFixed(2)})`;
}
