import type { ConnectionScene } from "../../api/types.ts";
import { count, counted, percent } from "../words.ts";
import type { Item, ItemEnd } from "./items.ts";
import { listed, type Names } from "./names.ts";

export type Mode = ConnectionScene["mode"];

/** The two meanings of a connection, in plain words. */
export const MODE_WORDS: Readonly<Record<Mode, { name: string; text: string }>> = {
  weights: {
    name: "Weights",
    text: "how strongly the network's weights join two clusters, summed over all ways between them",
  },
  contribution: {
    // Not "contribution" alone: that is what a neuron adds to a class, one of the three ways to draw a cluster.
    name: "Influence",
    text: "how much one cluster really moved the other on the probe images (contribution: gradient × activation)",
  },
};

/** What a meaning is of: "on 20 probe images"; nothing for weights. */
export const imagesWords = (images: number | null): string =>
  images === null ? "" : `on ${counted(images, "probe image")}`;

export const signWords = (sign: 1 | -1): string => (sign > 0 ? "excites" : "inhibits");

/** A share as it is said: whole per cents. */
export const shareWords = (share: number): string => (share > 0 && share < 0.005 ? "less than 1 %" : percent(share, 0));

export interface Counts {
  /** Connections that are drawn, and that there are. */
  kept: number;
  total: number;
  /** Share of the weight that is drawn. */
  drawn: number;
  /** Columns whose clusters have come, and all that are connected. */
  loaded: number;
  columns: number;
}

/** What is drawn: items whose columns have not come are not. */
export function countsOf(scene: ConnectionScene, items: readonly Item[], loaded: number): Counts {
  const parts = scene.gaps.reduce((sum, gap) => sum + gap.part, 0);
  const share = items.reduce((sum, item) => sum + item.share, 0);
  return {
    kept: items.reduce((sum, item) => sum + item.links.length, 0),
    total: scene.total,
    drawn: parts > 0 ? Math.min(1, share / parts) : 1,
    loaded,
    columns: scene.columns.length,
  };
}

/** "312 of 1,408 connections, 80 % of the weight": what is drawn, which is more than was asked for where bundles are whole. */
export const keptWords = ({ kept, total, drawn }: Counts): string =>
  `${count(kept)} of ${count(total)} connections, ${percent(drawn, 0)} of the weight`;

/** What is said where none are drawn. */
export const hiddenWords = (total: number | null): string =>
  total === null ? "connections hidden" : `0 of ${count(total)} connections: hidden`;

/** Why that is not all: columns on their way. */
export const loadedWords = ({ loaded, columns }: Counts): string =>
  loaded < columns ? `${loaded} of ${counted(columns, "column")} loaded` : "";

/** What a list of the strongest leaves out: "and 3 weaker ones". */
export const weakerWords = (left: number): string => `and ${counted(left, "weaker one")}`;

export interface ItemWords {
  title: string;
  text: string;
}

const named = (ends: readonly ItemEnd[], names: Names): string => listed(ends.map((end) => names.cluster(end.key)));

function side(ends: readonly ItemEnd[], names: Names, one: string): string {
  const words = named(ends, names);
  return ends.length === 1 ? words : `${one} ${ends.length} clusters (${words})`;
}

/** What a drawn item says when it is pointed at. */
export function itemWords(item: Item, names: Names): ItemWords {
  const text = `${shareWords(item.share)} of the weight into ${names.column(item.target)}`;
  if (item.kind === "trunk") {
    const past = item.target - item.source - 1;
    const joins = `${counted(item.sources.length, "cluster")} to ${item.targets.length}`;
    const verb = item.sign > 0 ? "excite" : "inhibit";
    return {
      title: `${counted(item.links.length, "connection")} from ${names.column(item.source)} ${verb} ${names.column(item.target)}`,
      text: `${text}, from ${joins}, past ${counted(past, "column")}`,
    };
  }
  const verb = item.sign > 0 ? "excite" : "inhibit";
  const subject = side(item.sources, names, "These");
  const joined = side(item.targets, names, "these").replace(" clusters (", " (");
  return { title: `${subject} ${item.sources.length > 1 ? verb : `${verb}s`} ${joined}`, text };
}

/** How well a meaning ranks what removing clusters really does. */
export function agreementWords(value: number | null | undefined, images: number | null): string {
  if (value === null || value === undefined) return "not checked yet";
  const strength = value >= 0.6 ? "well" : value >= 0.3 ? "roughly" : "badly";
  return `agrees ${strength} with real removal ${imagesWords(images)} (rank correlation ${value.toFixed(2)})`;
}
