import type { Scene } from "../api/types.ts";
import type { Brush, ViewState } from "../state/viewState.ts";

/** The neurons picked in one layer; none when they are of another. */
export const litIn = (brush: Brush, layer: string): readonly number[] => (brush.layer === layer ? brush.neurons : []);

export const isEmpty = (brush: Brush): boolean => brush.neurons.length === 0 && brush.classes.length === 0;

/** The classes marked in every bar chart: those picked, and the one whose answer is looked at. */
export function markedClasses(
  { groups }: Pick<Scene, "groups">,
  { brush, selection }: Pick<ViewState, "brush" | "selection">,
): readonly number[] {
  const answer = groups.some((group) => group.output && group.layer === selection?.layer);
  return answer && typeof selection?.neuron === "number" ? [...brush.classes, selection.neuron] : brush.classes;
}

/** Pick one more neuron, or give up one that is picked; those of another layer are given up. */
export function brushToggled(before: Brush, layer: string, neuron: number): Brush {
  const picked = litIn(before, layer);
  const neurons = picked.includes(neuron)
    ? picked.filter((one) => one !== neuron)
    : [...picked, neuron].sort((a, b) => a - b);
  return { ...before, layer: neurons.length > 0 ? layer : null, neurons };
}

const sorted = (numbers: Iterable<number>): number[] => [...new Set(numbers)].sort((a, b) => a - b);

/** A new pick: what was dragged over replaces what was picked before; with `add` it joins it. */
export function brushWith(
  before: Brush,
  picked: { layer: string; neurons: readonly number[]; classes: readonly number[] },
  add: boolean,
): Brush {
  const same = add && before.layer === picked.layer;
  const neurons = sorted([...(same ? before.neurons : []), ...picked.neurons]);
  const classes = sorted([...(add ? before.classes : []), ...picked.classes]);
  // Picking classes alone with `add` keeps the neurons of another layer.
  if (add && picked.neurons.length === 0) return { ...before, classes };
  return { layer: neurons.length > 0 ? picked.layer : null, neurons, classes };
}
