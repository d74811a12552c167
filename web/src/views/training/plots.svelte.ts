import type { PlotFacts } from "../../api/types.ts";
import { lineOf } from "../../layout/training/curves.ts";
import type { NamedLine } from "../../marks/CurvePlot.svelte";
import { readyOf } from "../../state/async.ts";
import { curvesKey, type Training } from "../../state/training.ts";

/** Pixels to which widths are rounded up, so that not every change of a window asks for new points. */
const STEP = 100;

export interface PlotReader {
  /** The lines of a plot; those of before until new ones have come, null before the first. */
  lines(plot: PlotFacts): NamedLine[] | null;
}

/** Reads the lines of some plots for a window of steps, and asks for them. */
export function plotReader(given: {
  owner: () => string;
  training: () => Training;
  plots: () => readonly PlotFacts[];
  window: () => readonly [number, number] | null;
  width: () => number;
}): PlotReader {
  const buckets = $derived(Math.max(STEP, Math.ceil(given.width() / STEP) * STEP));
  const keyOf = (plot: PlotFacts): string =>
    curvesKey({
      curves: plot.curves.map(({ name, place }) => ({ name, place })),
      window: given.window(),
      buckets,
    });
  $effect(() => {
    const [owner, { curves }] = [given.owner(), given.training()];
    curves.want(owner, given.plots().map(keyOf));
    return () => curves.want(owner, []);
  });
  const kept = new Map<string, NamedLine[]>();
  return {
    lines: (plot) => {
      const found = readyOf(given.training().curves.get(keyOf(plot)));
      if (found) {
        const lines = plot.curves.flatMap((facts, i) => {
          const points = found.curves[i];
          return points ? [{ label: facts.label, part: facts.part, held: facts.held, line: lineOf(points) }] : [];
        });
        kept.set(plot.id, lines);
      }
      return kept.get(plot.id) ?? null;
    },
  };
}
