import { onDestroy } from "svelte";
import type { NeuronScene, PatchScene } from "../../api/types.ts";
import {
  type Area,
  closeLevel,
  inArea,
  MOST_TILES,
  needsImage,
  sizesFor,
  type TileLevel,
} from "../../layout/closeUp.ts";
import type { Tile } from "../../layout/packing.ts";
import type { ClosePatch, CloseUp } from "../../marks/drawTiles.ts";
import { mapOverlay } from "../../marks/mapOverlay.ts";
import { readyOf } from "../../state/async.ts";
import type { RunContext } from "../../state/context.ts";
import { pictureKey } from "../../state/pictures.ts";

export interface CloseUpSource {
  run: () => RunContext;
  /** Whose wants these are; one cluster's replace its own, never another's. */
  owner: () => string;
  layer: () => string;
  /** Tiles that may be looked into. */
  wanted: () => readonly Tile[];
  /** Which of a neuron's best patches its tile shows, 1 for the best. */
  rank: (neuron: number) => number;
  /** Corner of the drawing in the world, in which the tiles are given too. */
  place: () => { x: number; y: number; zoom: number; ratio: number };
  seen: () => Area;
  /** Whether activation maps are wanted over whole images. */
  maps: () => boolean;
}

export interface CloseUps {
  /** How deep all of the cluster's tiles are looked into. */
  readonly level: TileLevel;
  /** What is shown of a neuron, strongest first. */
  patches(neuron: number): readonly PatchScene[] | null;
  of(neuron: number): CloseUp | null;
}

const PATCHES = 9;

/** A patch in the pixels it may be asked for in, the right ones first: the piece alone, or the whole image. */
function keysOf(patch: PatchScene, { level, pixels }: Pick<Wanted, "level" | "pixels">): string[] {
  const { image, size } = patch;
  if (image === null) return [];
  const whole: [number, number, number, number] = [0, 0, size[0], size[1]];
  const box = level === "whole" ? whole : (patch.box ?? whole);
  return sizesFor(pixels).map((most) => pictureKey({ address: image, box, most }));
}

type Box = readonly [number, number, number, number];

/** A box in pixels as shares of the image's sides. */
const shares = (box: Box, [width, height]: readonly [number, number]): Box => [
  box[0] / width,
  box[1] / height,
  box[2] / width,
  box[3] / height,
];

/** The receptive field over its image; null when it is all of it. */
function fieldOf({ box, field, size }: PatchScene): ClosePatch["field"] {
  if (box === null || (box[2] - box[0] >= size[0] && box[3] - box[1] >= size[1])) return null;
  // Top, right, bottom, left: as they are drawn.
  const cut = field
    ? [field[1] < box[1], field[2] > box[2], field[3] > box[3], field[0] < box[0]]
    : [false, false, false, false];
  return { box: shares(box, size), cut };
}

interface Wanted {
  level: TileLevel;
  /** Side that an image is drawn with, in pixels of the screen. */
  pixels: number;
  maps: boolean;
}

/** The picture of a patch as large as it is wanted, else what there is of it; null when there is nothing yet. */
function bitmapOf(run: RunContext, patch: PatchScene, wanted: Wanted): ImageBitmap | null {
  for (const key of keysOf(patch, wanted)) {
    const found = readyOf(run.pictures.get(key));
    if (found) return found;
  }
  return null;
}

function closePatch(run: RunContext, patch: PatchScene, wanted: Wanted): ClosePatch {
  const { level, maps } = wanted;
  const bitmap = bitmapOf(run, patch, wanted);
  const whole = level === "whole";
  if (!whole) {
    const [left, top, right, bottom] = patch.box ?? [0, 0, ...patch.size];
    return { bitmap, size: [right - left, bottom - top], whole, field: null, map: null };
  }
  const map =
    maps && patch.map ? { overlay: mapOverlay(patch.map, run.theme), box: shares(patch.map.box, patch.size) } : null;
  return { bitmap, size: [patch.size[0], patch.size[1]], whole, field: fieldOf(patch), map };
}

/**
 * The best images of the tiles that are large on the screen, loaded while they are and only for them.
 *
 * Call while a component is set up: what is wanted follows the screen, and is given up when the component goes.
 */
export function closeUps(source: CloseUpSource): CloseUps {
  const level = $derived(closeLevel(source.wanted().map((tile) => tile.side * source.place().zoom)));
  const pixelsOf = (tile: Tile): number => {
    const { zoom, ratio } = source.place();
    return tile.side * zoom * Math.min(2, ratio);
  };
  const near = $derived.by(() => {
    const { x, y } = source.place();
    const { left, top, right, bottom } = source.seen();
    const area = { left: left - x, top: top - y, right: right - x, bottom: bottom - y };
    const wanted = source
      .wanted()
      .filter((tile) => (level === "one" ? needsImage(tile.sprite, pixelsOf(tile)) : tile.sprite !== null));
    return inArea(wanted, area).slice(0, MOST_TILES);
  });
  const shown = $derived(new Map(near.map((tile) => [tile.neuron, tile])));
  const ids = $derived(near.map((tile) => `${source.layer()}:${tile.neuron}`).join("\n"));
  const sceneOf = (neuron: number): NeuronScene | null =>
    readyOf(source.run().neurons.get(`${source.layer()}:${neuron}`));
  const patchesOf = (neuron: number): readonly PatchScene[] | null => {
    const patches = sceneOf(neuron)?.patches ?? null;
    if (level !== "one") return patches?.slice(0, PATCHES) ?? null;
    const at = source.rank(neuron) - 1;
    return patches?.slice(at, at + 1) ?? null;
  };
  const wantedOf = (tile: Tile): Wanted => {
    const side = pixelsOf(tile);
    return { level, pixels: level === "one" ? side : side / 3, maps: source.maps() };
  };
  const keys = $derived(
    near
      .flatMap((tile) => (patchesOf(tile.neuron) ?? []).flatMap((patch) => keysOf(patch, wantedOf(tile)).slice(0, 1)))
      .join("\n"),
  );
  const owner = $derived(`tiles of ${source.owner()}`);
  // What was asked for, and where: when the component goes, its source may be gone already.
  let asked: { run: RunContext; owner: string } | null = null;
  $effect(() => {
    asked = { run: source.run(), owner };
    asked.run.neurons.want(owner, ids === "" ? [] : ids.split("\n"));
  });
  $effect(() => source.run().pictures.want(owner, keys === "" ? [] : keys.split("\n")));
  onDestroy(() => {
    asked?.run.neurons.want(asked.owner, []);
    asked?.run.pictures.want(asked.owner, []);
  });
  return {
    get level() {
      return level;
    },
    patches: (neuron) => (level !== "one" && shown.has(neuron) ? patchesOf(neuron) : null),
    of(neuron) {
      const tile = shown.get(neuron);
      const patches = tile ? patchesOf(neuron) : null;
      if (!tile || !patches || patches.length === 0) return null;
      const wanted = wantedOf(tile);
      // The best patch stays until all nine have come: a tile is never half full.
      const { pictures } = source.run();
      const waiting = patches.some((patch) => {
        const [key] = keysOf(patch, wanted);
        return (
          key !== undefined && pictures.get(key).status === "pending" && bitmapOf(source.run(), patch, wanted) === null
        );
      });
      if (waiting) return null;
      const of = patches.map((patch) => closePatch(source.run(), patch, wanted));
      return { level: level === "one" ? "one" : "nine", patches: of };
    },
  };
}
