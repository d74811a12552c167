import type { ClassFacts, ClusterScene, PatchScene, TileSize } from "../../api/types.ts";
import { FACET_NAMES } from "../../layout/facets.ts";
import { IMPORTANCE_WORDS, importanceOf } from "../../layout/legend.ts";
import type { Packing } from "../../layout/packing.ts";
import type { Bar } from "../../layout/profile.ts";
import { counted, number, signed } from "../../layout/words.ts";
import type { Tip } from "../../marks/tooltip.ts";
import type { Facet } from "../../state/viewState.ts";

/** What stands beside the title of a card that has no bars: why it has none, or what it lacks. */
export function noteOf(cluster: ClusterScene, absent: Facet | null, labelled: boolean): string {
  if (absent !== null) return `no ${FACET_NAMES[absent]}`;
  if (cluster.never_active) return "no image excites them";
  return labelled ? "no class stands out" : "no labels";
}

export type Words = Pick<Tip, "title" | "text">;

/** Where in an element the pointer is, as shares of its sides. */
export function shareOf(event: MouseEvent, element: HTMLElement): { u: number; v: number } {
  const box = element.getBoundingClientRect();
  return { u: (event.clientX - box.left) / box.width, v: (event.clientY - box.top) / box.height };
}

/** One neuron by its tile: what its size says. */
export function tileTip(
  cluster: ClusterScene,
  { packing, size }: { packing: Packing; size: TileSize | null },
  neuron: number,
): Words {
  const title = `neuron ${neuron}`;
  if (cluster.never_active) return { title, text: "never active" };
  const value = size && size.importance !== "uniform" ? importanceOf(packing, size, neuron) : "";
  const says = size && value ? `${IMPORTANCE_WORDS[size.importance].text}: ${value}; ` : "";
  return { title, text: `${says}click for its images` };
}

/** One of the images close up: how strongly it excites the neuron, and what it shows. */
export function patchTip(
  neuron: number,
  { patch, rank }: { patch: PatchScene; rank: number },
  classes: readonly ClassFacts[],
): Words {
  const name = (index: number | null): string | null => (index === null ? null : (classes[index]?.name ?? null));
  const shown = name(patch.label);
  const taken = patch.predicted !== patch.label ? name(patch.predicted) : null;
  const place = rank === 1 ? "the image that excites it most" : `number ${rank} of those that excite it most`;
  const parts = [place, `value ${number(patch.value)}`, ...(taken ? [`taken for ${taken}`] : [])];
  return { title: `neuron ${neuron}${shown ? ` · ${shown}` : ""}`, text: parts.join("; ") };
}

export const moreTip = (count: number): Words => ({
  title: counted(count, "more neuron"),
  text: "these are the strongest; zoom in for all",
});

/** The bar under the pointer; a little above and below counts too. */
export function barAt(bars: readonly Bar[], { u, v }: { u: number; v: number }): Bar | null {
  return u >= 0 && u <= 1 && v >= -0.2 && v <= 1.3 ? (bars[Math.floor(u * bars.length)] ?? null) : null;
}

export function barTip(cluster: ClusterScene, bar: Bar, classes: readonly ClassFacts[]): Words {
  const value = cluster.profile[bar.index] ?? null;
  const others = bar.classes > 1 ? ` (strongest of ${bar.classes} classes here)` : "";
  const text = value === null ? "no image of this class" : `${signed(value)} deviations from the mean${others}`;
  return { title: classes[bar.index]?.name ?? "", text };
}
