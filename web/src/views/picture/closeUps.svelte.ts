import { onDestroy } from "svelte";
import type { NeuronScene, PatchScene } from "../../api/types.ts";
import { type Area, inArea, MOST_TILES, type TileLevel, tileLevel } from "../../layout/closeUp.ts";
import type { Tile } from "../../layout/packing.ts";
import type { ClosePatch } from "../../marks/drawTiles.ts";
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
  place: () => { x: number; y: number; cell: number; zoom: number; ratio: number };
  seen: () => Area;
}

export interface CloseUps {
  /** The deepest level that any tile on the screen has reached. */
  readonly level: TileLevel;
  of(neuron: number): readonly ClosePatch[] | null;
}

const PATCHES = 9;

/** What a patch is asked for by: the piece alone, or the whole image, decoded no larger than it is drawn. */
function keyOf(patch: PatchScene, level: TileLevel, ratio: number): string | null {
  if (patch.image === null) return null;
  const whole: [number, number, number, number] = [0, 0, patch.size[0], patch.size[1]];
  const most = Math.round((level === "whole" ? 200 : 96) * Math.min(2, ratio));
  return pictureKey({ address: patch.image, box: level === "whole" ? whole : (patch.box ?? whole), most });
}

/** The receptive field as shares of the image's sides; null when it is all of it. */
function fieldOf({ box, size }: PatchScene): ClosePatch["field"] {
  if (box === null || (box[2] - box[0] >= size[0] && box[3] - box[1] >= size[1])) return null;
  return shares(box, size);
}

type Box = readonly [number, number, number, number];

/** A box in pixels as shares of the image's sides. */
const shares = (box: Box, [width, height]: readonly [number, number]): Box => [
  box[0] / width,
  box[1] / height,
  box[2] / width,
  box[3] / height,
];

function closePatch(run: RunContext, patch: PatchScene, level: TileLevel, ratio: number): ClosePatch {
  const key = keyOf(patch, level, ratio);
  const bitmap = key === null ? null : readyOf(run.pictures.get(key));
  const size: [number, number] =
    level === "whole" || patch.box === null
      ? [patch.size[0], patch.size[1]]
      : [patch.box[2] - patch.box[0], patch.box[3] - patch.box[1]];
  if (level !== "whole") return { bitmap, size, field: null, map: null };
  const map = patch.map ? { source: mapOverlay(patch.map, run.theme), box: shares(patch.map.box, patch.size) } : null;
  return { bitmap, size, field: fieldOf(patch), map };
}

/**
 * The best images of the tiles that are large on the screen, loaded while they are and only for them.
 *
 * Call while a component is set up: what is wanted follows the screen, and is given up when the component goes.
 */
export function closeUps(source: CloseUpSource): CloseUps {
  const sideOf = (tile: Tile): number => {
    const { cell, zoom } = source.place();
    return tile.side * cell * zoom;
  };
  const near = $derived.by(() => {
    const { x, y, cell } = source.place();
    const large = source.wanted().filter((tile) => tile.sprite !== null && tileLevel(sideOf(tile)) !== "one");
    const { left, top, right, bottom } = source.seen();
    const area = {
      left: (left - x) / cell,
      top: (top - y) / cell,
      right: (right - x) / cell,
      bottom: (bottom - y) / cell,
    };
    return inArea(large, area).slice(0, MOST_TILES);
  });
  const levels = $derived(new Map(near.map((tile) => [tile.neuron, tileLevel(sideOf(tile))])));
  const ids = $derived(near.map((tile) => `${source.layer()}:${tile.neuron}`).join("\n"));
  const sceneOf = (neuron: number): NeuronScene | null =>
    readyOf(source.run().neurons.get(`${source.layer()}:${neuron}`));
  const patchesOf = (neuron: number): readonly PatchScene[] | null =>
    sceneOf(neuron)?.patches.slice(0, PATCHES) ?? null;
  const keys = $derived(
    near
      .flatMap((tile) =>
        (patchesOf(tile.neuron) ?? []).map((patch) =>
          keyOf(patch, levels.get(tile.neuron) ?? "one", source.place().ratio),
        ),
      )
      .filter((key) => key !== null)
      .join("\n"),
  );
  const owner = (): string => `tiles of ${source.owner()}`;
  $effect(() => source.run().neurons.want(owner(), ids === "" ? [] : ids.split("\n")));
  $effect(() => source.run().pictures.want(owner(), keys === "" ? [] : keys.split("\n")));
  onDestroy(() => {
    source.run().neurons.want(owner(), []);
    source.run().pictures.want(owner(), []);
  });
  return {
    get level() {
      const all = [...levels.values()];
      return all.includes("whole") ? "whole" : all.includes("nine") ? "nine" : "one";
    },
    of(neuron) {
      const level = levels.get(neuron);
      const patches = level ? patchesOf(neuron) : null;
      if (!level || !patches || patches.length === 0) return null;
      return patches.map((patch) => closePatch(source.run(), patch, level, source.place().ratio));
    },
  };
}
