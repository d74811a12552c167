import type { ClusterScene, LayerClusters, LayerScene } from "../../api/types.ts";
import type { Edit } from "../../state/editing.ts";
import { counted } from "../words.ts";
import { clusterNote, holdersOf, isLocked, neuronNote, originOf, type Subject } from "./edited.ts";
import { neuronsWords } from "./words.ts";

/** What choosing an item of a menu asks for. */
export type Wish =
  | { edit: Edit }
  | { write: "name" | "note"; about: Subject }
  /** Look at other groupings of a layer. */
  | { regroup: string };

export interface MenuItem {
  id: string;
  label: string;
  /** Words after the label, set back. */
  detail?: string;
  /** The key that does the same. */
  key?: string;
  /** Why it cannot be chosen, in a few words. */
  off?: string;
  wish?: Wish;
  /** A menu of its own. */
  items?: readonly MenuItem[];
  /** Whether a line parts it from what stands before. */
  apart?: boolean;
}

export interface MenuSource {
  scene: LayerScene;
  cluster: ClusterScene;
  /** What the user made of the layer. */
  state: LayerClusters | null;
  /** Neurons that were chosen in this layer: the picked ones, or the one under the pointer. */
  neurons: readonly number[];
}

const LOCKED = "locked";

function others(
  { scene, state }: MenuSource,
  wishOf: (cluster: string) => Edit,
  except: readonly string[],
): MenuItem[] {
  return scene.clusters
    .filter((one) => !except.includes(one.id))
    .map((one) => ({
      id: one.id,
      label: one.title,
      detail: counted(one.neurons.length, "neuron"),
      wish: { edit: wishOf(one.id) },
      ...(isLocked(state, one.id) && { off: LOCKED }),
    }));
}

function moving(source: MenuSource): MenuItem[] {
  const { scene, state, neurons } = source;
  if (neurons.length === 0) return [];
  const { layer } = scene;
  const { from, whole } = originOf(holdersOf(scene), neurons);
  const only = from.length === 1 ? from : [];
  const fresh: MenuItem = {
    id: "new",
    label: "a new cluster",
    wish: { edit: { type: "create", layer, neurons: [...neurons] } },
    ...(whole && { off: "they are one" }),
  };
  const to = others(source, (cluster) => ({ type: "move", layer, neurons: [...neurons], to: cluster }), only);
  const item: MenuItem = { id: "move", label: `Move ${neuronsWords(neurons)} to …`, key: "M", items: [fresh, ...to] };
  return [from.some((one) => isLocked(state, one)) ? { ...item, off: "in a locked cluster" } : item];
}

/** All that can be done to a card. */
export function cardMenu(source: MenuSource): MenuItem[] {
  const { scene, cluster, state, neurons } = source;
  const { layer } = scene;
  const about = { layer, cluster: cluster.id, neuron: null };
  const locked = isLocked(state, cluster.id);
  const off = locked ? { off: LOCKED } : {};
  const [neuron] = neurons.length === 1 ? neurons : [];
  const moves = moving(source);
  const mergers = others(source, (one) => ({ type: "merge", layer, clusters: [one, cluster.id] }), [cluster.id]);
  return [
    ...moves,
    {
      id: "merge",
      label: "Merge into …",
      ...(moves.length === 0 && { key: "M" }),
      items: mergers,
      ...(mergers.length === 0 && { off: "the only cluster" }),
      ...off,
    },
    {
      id: "split",
      label: "Split in two",
      key: "S",
      wish: { edit: { type: "split", layer, cluster: cluster.id } },
      ...(cluster.neurons.length < 2 && { off: "one neuron" }),
      ...off,
    },
    {
      id: "lock",
      label: locked ? "Unlock" : "Lock",
      key: "L",
      wish: { edit: { type: "lock", layer, cluster: cluster.id, locked: !locked } },
    },
    { id: "name", label: "Name …", key: "F2", wish: { write: "name", about }, apart: true },
    {
      id: "note",
      label: clusterNote(state, cluster.id) ? "Change the note …" : "Note …",
      key: "N",
      wish: { write: "note", about },
    },
    ...(neuron === undefined
      ? []
      : [
          {
            id: "neuron-note",
            label: `${neuronNote(state, neuron) ? "Change the note on" : "Note on"} neuron ${neuron} …`,
            wish: { write: "note" as const, about: { layer, cluster: cluster.id, neuron } },
          },
        ]),
    { id: "regroup", label: "Group the layer anew …", key: "G", wish: { regroup: layer }, apart: true },
  ];
}
