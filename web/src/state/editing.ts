import type { Edit } from "../api/edits.ts";
import type { CarryReport, EditsScene, HistoryPage, LayerClusters, Regrouping } from "../api/types.ts";
import type { Async, Trouble } from "./async.ts";
import type { Grouping } from "./grouping.ts";
import type { Shelf } from "./shelf.svelte.ts";

export type { Edit };

/** An edit, or a step through the history, that was not made. */
export interface Refusal {
  trouble: Trouble;
  /** What was asked for; null for a step or an import. */
  edit: Edit | null;
  /** Whether what it builds on has been changed elsewhere meanwhile. */
  conflict: boolean;
}

/** The user's edits: what a view may see of them, and ask for. What a method asks is done in the order of asking. */
export interface Edits {
  /** Why nothing can be changed, as a sentence; empty: it can. */
  readonly closed: string;
  /** The edits as they are; the last known ones while newer are on their way. */
  readonly scene: Async<EditsScene>;
  /** Whether something asked for is on its way. */
  readonly busy: boolean;
  /** Whether the place where edits are kept does not answer. */
  readonly lost: boolean;
  readonly refused: Refusal | null;
  /** Parts of the history list, by `historyKey`. */
  readonly history: Shelf<HistoryPage>;
  /** Layers grouped anew, beside what they are, by `previewKey`. */
  readonly previews: Shelf<Regrouping>;
  /** The revision that is shown: what somebody who begins to type looks at. */
  readonly revision: number;
  /**
   * Make an edit; true when it was made. With `since`, what it builds on must be as it was at that revision.
   */
  make(edit: Edit, since?: number): Promise<boolean>;
  undo(): Promise<boolean>;
  redo(): Promise<boolean>;
  /** Undo or redo until as many edits hold. */
  jump(done: number): Promise<boolean>;
  /** Try what was refused once more, on the clusters as they are now. */
  again(): Promise<boolean>;
  dismiss(): void;
  /** The text of a file with all edited layers; null when it could not be had. */
  exported(): Promise<string | null>;
  /** Take over the edits of a file; null when nothing was. */
  take(file: string): Promise<CarryReport | null>;
}

/** Entries of one part of the history list. */
export const HISTORY_PART = 100;

export const historyKey = (part: number): string => String(part);

export const historyRange = (key: string): { first: number; count: number } => ({
  first: Number(key) * HISTORY_PART,
  count: HISTORY_PART,
});

export const previewKey = ({ layer, method, k }: Grouping): string => JSON.stringify({ layer, method, k });

/** What the user made of a layer; null where nothing of it is edited. */
export const editedLayer = (edits: Edits, layer: string): LayerClusters | null =>
  edits.scene.status === "ready" ? (edits.scene.value.layers.find((one) => one.layer === layer) ?? null) : null;

const picture = ({ clusters, method }: LayerClusters): string =>
  JSON.stringify([method, clusters.map(({ id, name, neurons }) => [id, name, neurons])]);

/** The layers whose picture differs: their clusters, names or neurons, not what is noted or locked. */
export function changedLayers(before: readonly LayerClusters[], after: readonly LayerClusters[]): string[] {
  const old = new Map(before.map((one) => [one.layer, one]));
  const now = new Map(after.map((one) => [one.layer, one]));
  return [...new Set([...old.keys(), ...now.keys()])].filter((layer) => {
    const [was, is] = [old.get(layer), now.get(layer)];
    return !was || !is || picture(was) !== picture(is);
  });
}
