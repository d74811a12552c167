import type { EditsScene, LayerScene, Scene } from "../api/types.ts";
import { type ImageChoice, imagesOf } from "../state/imageChoice.ts";
import type { Selection } from "../state/viewState.ts";
import { classFigure } from "./classFigure.ts";
import { columnTitle } from "./columns.ts";
import { counted } from "./words.ts";

/** What can be looked up; of equal matches the first kind comes first. */
export const KINDS = ["class", "cluster", "layer", "neuron", "images", "note"] as const;
export type FoundKind = (typeof KINDS)[number];

/** Something that is looked up by name, and how to get there. */
export interface Place {
  kind: FoundKind;
  title: string;
  detail: string;
  selection: Selection | null;
  /** Images to look at, in place of a selection. */
  images?: ImageChoice;
}

/** What a run has that can be looked up. */
export interface Sources {
  scene: Scene;
  /** The clusters of the layers that are known by now. */
  layers: readonly LayerScene[];
  edits: EditsScene | null;
}

/** All places but single neurons, which are too many to list: see `found`. */
export function placesOf({ scene, layers, edits }: Sources): Place[] {
  const output = scene.groups.find((group) => group.output)?.layer;
  const classes = output === undefined ? [] : scene.classes;
  return [
    ...classes.map(
      (one): Place => ({
        kind: "class",
        title: one.name,
        detail: classFigure(one).words,
        selection: { layer: output ?? "", cluster: null, neuron: one.index },
      }),
    ),
    ...layers
      .filter((layer) => layer.layer !== output)
      .flatMap((layer) =>
        layer.clusters.map(
          (cluster): Place => ({
            kind: "cluster",
            title: cluster.title,
            detail: `${counted(cluster.neurons.length, "neuron")} of ${columnTitle(scene, layer.layer)}`,
            selection: { layer: layer.layer, cluster: cluster.id, neuron: null },
          }),
        ),
      ),
    ...scene.layers.map(
      (layer): Place => ({
        kind: "layer",
        title: layer.id,
        detail: layer.detail,
        selection: { layer: layer.id, cluster: null, neuron: null },
      }),
    ),
    ...(edits?.groups ?? []).map(
      (one): Place => ({
        kind: "images",
        title: one.name,
        detail: `image group, ${counted(one.samples.length, "image")}`,
        selection: null,
        images: imagesOf({ group: one.id }),
      }),
    ),
    ...notesOf(scene, edits),
  ];
}

function notesOf(scene: Scene, edits: EditsScene | null): Place[] {
  return (edits?.layers ?? []).flatMap((layer) => {
    const column = columnTitle(scene, layer.layer);
    const note = (text: string | undefined, detail: string, selection: Partial<Selection>): Place[] =>
      text
        ? [
            {
              kind: "note",
              title: text,
              detail,
              selection: { layer: layer.layer, cluster: null, neuron: null, ...selection },
            },
          ]
        : [];
    return [
      ...note(layer.note, `on ${column}`, {}),
      ...layer.clusters.flatMap((one) => note(one.note, `on a cluster of ${column}`, { cluster: one.id })),
      ...(layer.notes ?? []).flatMap((one) =>
        note(one.text, `on neuron ${layer.layer}:${one.neuron}`, {
          cluster: layer.clusters.find(({ neurons }) => neurons.includes(one.neuron))?.id ?? null,
          neuron: one.neuron,
        }),
      ),
    ];
  });
}

/** How well a text fits what was typed: 0 is the text itself, null no match. All words must be in it. */
export function matchOf(text: string, query: string): number | null {
  const [whole, asked] = [text.toLowerCase(), query.trim().toLowerCase()];
  if (whole === asked) return 0;
  if (whole.startsWith(asked)) return 1;
  const at = whole.indexOf(asked);
  if (at > 0) return /[\p{L}\p{N}]/u.test(whole[at - 1] ?? "") ? 3 : 2;
  return asked.split(/\s+/).every((word) => whole.includes(word)) ? 4 : null;
}

/** The neurons that `layer2.0:13` may mean: of each layer whose id has these letters, the one with this number. */
function neuronsNamed({ scene, layers }: Sources, query: string): [number, Place][] {
  const [, name, digits] = /^(.*):\s*(\d+)$/.exec(query.trim()) ?? [];
  if (name === undefined || digits === undefined) return [];
  const neuron = Number(digits);
  return scene.layers.flatMap((layer): [number, Place][] => {
    const match = neuron < layer.neurons ? matchOf(layer.id, name) : null;
    if (match === null) return [];
    const clusters = layers.find((one) => one.layer === layer.id)?.clusters ?? [];
    const cluster = clusters.find(({ neurons }) => neurons.includes(neuron));
    const detail = cluster ? `in “${cluster.title}”` : layer.detail;
    const selection = { layer: layer.id, cluster: cluster?.id ?? null, neuron };
    return [[match, { kind: "neuron", title: `${layer.id}:${neuron}`, detail, selection }]];
  });
}

/** What was meant, the best match first; nothing for an empty question. */
export function found(sources: Sources, query: string, most: number): Place[] {
  if (query.trim() === "") return [];
  const named = placesOf(sources).flatMap((place): [number, Place][] => {
    const match = matchOf(place.title, query);
    return match === null ? [] : [[match, place]];
  });
  const all = [...neuronsNamed(sources, query), ...named];
  all.sort(([a, one], [b, other]) => a - b || KINDS.indexOf(one.kind) - KINDS.indexOf(other.kind));
  return all.slice(0, most).map(([, place]) => place);
}

/** What to open, besides what is, so that a layer is a column of its own. */
export function openFor(scene: Scene, open: readonly string[], layer: string): string[] {
  const group = scene.groups.find((one) => one.layers.includes(layer));
  if (!group || group.layer === layer) return [...open];
  const block = group.blocks.find((one) => one.layers.includes(layer));
  const inner = group.blocks.length > 1 && block && block.layer !== layer ? [block.id] : [];
  return [...new Set([...open, group.id, ...inner])];
}
