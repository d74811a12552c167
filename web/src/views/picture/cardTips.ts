import type { ClassFacts, ClusterScene } from "../../api/types.ts";
import { FACET_NAMES } from "../../layout/facets.ts";
import type { Bar } from "../../layout/profile.ts";
import { signed } from "../../layout/words.ts";
import type { Tip } from "../../marks/tooltip.ts";
import type { Facet } from "../../state/viewState.ts";

/** What stands in place of the bars of a card: why it has none, or what it lacks. */
export function noteOf(cluster: ClusterScene, absent: Facet | null, labelled: boolean): string {
  if (absent !== null) return `no ${FACET_NAMES[absent]}`;
  if (cluster.never_active) return "no image excites them";
  return labelled ? "no class stands out" : "no labels";
}

type Words = Pick<Tip, "title" | "text">;

/** Where in an element the pointer is, as shares of its sides. */
export function shareOf(event: MouseEvent, element: HTMLElement): { u: number; v: number } {
  const box = element.getBoundingClientRect();
  return { u: (event.clientX - box.left) / box.width, v: (event.clientY - box.top) / box.height };
}

export const tileTip = (cluster: ClusterScene, neuron: number): Words => ({
  title: `neuron ${neuron}`,
  text: cluster.never_active ? "never active" : "its strongest patch; click for more",
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
