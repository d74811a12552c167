import type { LayerScene, MatrixFacts, TileSize } from "../api/types.ts";
import type { Facet, Importance, Normalisation, ViewState } from "../state/viewState.ts";
import { facetOf, matrixOf } from "./facets.ts";
import { layerRange, type Range } from "./matrix/scale.ts";
import type { Packing } from "./packing.ts";
import { number, signed } from "./words.ts";

/** What the size of a tile stands for, in words. */
export const IMPORTANCE_WORDS: Readonly<Record<Importance, { name: string; text: string }>> = {
  activation: { name: "strongest activations", text: "mean of its strongest activations" },
  contribution: { name: "contribution", text: "mean size of its contribution to the classes" },
  uniform: { name: "all the same", text: "nothing: all are of one size" },
};

/** Sides of a layer's tiles, in smallest ones, and the importance that each stands for. */
export const SIDES = { least: 1, typical: 2, most: 4 } as const;

/** What the side of a neuron's tile says: its importance, or the bound that it lies beyond. */
export function importanceOf({ tiles, smallest }: Packing, { typical }: TileSize, neuron: number): string {
  const tile = tiles.find((one) => one.neuron === neuron);
  if (!tile) return "";
  const sides = tile.side / smallest;
  const value = number((sides / SIDES.typical) * typical);
  return sides <= SIDES.least ? `${value} or less` : sides >= SIDES.most ? `${value} or more` : value;
}

export const NORMALISATION_WORDS: Readonly<Record<Normalisation, string>> = {
  row: "each neuron's own range",
  layer: "one range per layer",
};

/** Three squares and the numbers they stand for, in one layer. */
export interface SizeWords {
  layer: string;
  marks: { side: number; words: string }[];
}

/** The scale of the tiles' sizes; null where they say nothing. */
export function sizeWords(scene: LayerScene, importance: Importance): SizeWords | null {
  const size = scene.sizes.find((one) => one.importance === importance);
  if (!size || importance === "uniform") return null;
  const value = (sides: number): string => number((sides / SIDES.typical) * size.typical);
  const marks = [
    { side: SIDES.least, words: `≤ ${value(SIDES.least)}` },
    { side: SIDES.typical, words: value(SIDES.typical) },
    { side: SIDES.most, words: `≥ ${value(SIDES.most)}` },
  ];
  return { layer: scene.layer, marks };
}

/** What the colours of a matrix stand for. */
export interface ColourWords {
  kind: "amount" | "signed";
  range: Range | null;
  /** Whether there are values beyond the ends of the range. */
  beyond: boolean;
  unit: string;
  /** More of it, for those who ask. */
  more: string;
}

export function colourWords(facts: MatrixFacts, normalisation: Normalisation): ColourWords {
  const signed = facts.facet === "contributions";
  const range = normalisation === "row" ? null : layerRange(facts);
  const most = Math.max(Math.abs(facts.minimum ?? 0), Math.abs(facts.maximum ?? 0));
  const how = signed ? "gradient × activation on the logit, the score before the softmax; " : "";
  return {
    kind: signed ? "signed" : "amount",
    range,
    beyond: range !== null && most > range.high * 1.001,
    unit: facts.unit,
    more: `${facts.unit}: ${how}mean ${facts.images}`,
  };
}

/** The facets that are on the screen, and for each the layer whose numbers stand for it. */
export function facetsShown(scenes: readonly LayerScene[], user: ViewState): Map<Facet, LayerScene> {
  const out = new Map<Facet, LayerScene>();
  const first = user.selection?.layer;
  // The selected layer speaks for all; else the deepest, where classes are told apart.
  const ordered = [...scenes].reverse().sort((a, b) => Number(b.layer === first) - Number(a.layer === first));
  for (const scene of ordered) {
    for (const cluster of scene.clusters) {
      const wanted = facetOf(user, { layer: scene.layer, cluster: cluster.id });
      const facet = wanted !== "features" && matrixOf(scene, wanted) ? wanted : "features";
      if (!out.has(facet)) out.set(facet, scene);
    }
  }
  return out;
}

/** Sizes that can be chosen: by contribution only where a cluster was packed by it. */
export function importancesOf(scenes: readonly LayerScene[]): Importance[] {
  const has = (kind: Importance): boolean =>
    scenes.some((scene) => scene.clusters.some((cluster) => cluster.packings.some((one) => one.importance === kind)));
  return (["activation", "contribution", "uniform"] as const).filter((kind) => kind === "activation" || has(kind));
}

/** What stands at the low end, in the middle and at the high end of a scale; without a range every row has its own. */
export function scaleWords(kind: ColourWords["kind"], range: Range | null, beyond: boolean): [string, string, string] {
  if (range === null) return kind === "signed" ? ["against", "0", "for"] : ["its lowest class", "", "its highest"];
  const write = kind === "signed" ? signed : number;
  const more = beyond ? " or more" : "";
  const less = beyond && kind === "signed" ? " or less" : "";
  const middle = kind === "signed" ? "0" : write((range.low + range.high) / 2);
  return [`${write(range.low)}${less}`, middle, `${write(range.high)}${more}`];
}
