import type { Stage } from "../../layout/stage.ts";
import type { Zoom } from "../../state/viewState.ts";

const LEAST = 0.45;

function edgeOf(stage: Stage, key: string): number | null {
  const column = stage.columns.find((one) => one.column.key === key);
  return column?.x ?? stage.spans.find((one) => one.span.id === key)?.x ?? null;
}

/** Where to look so that one column stays where it is on the screen: `anchor`, or the one in the middle. */
export function follow(before: Stage, after: Stage, zoom: Zoom, anchor: string | null): Zoom | null {
  const middle = [...before.columns].sort(
    (a, b) => Math.abs(a.x + a.width / 2 - zoom.x) - Math.abs(b.x + b.width / 2 - zoom.x),
  );
  for (const key of [anchor, ...middle.map((one) => one.column.key)]) {
    if (key === null) continue;
    const [from, to] = [edgeOf(before, key), edgeOf(after, key)];
    if (from === null || to === null) continue;
    const dy = (after.height - before.height) / 2;
    if (from === to && dy === 0) return null;
    // What was seen from top to bottom stays so.
    const k = Math.min(zoom.k, Math.max(zoom.k * (before.height / after.height), LEAST));
    return { k, x: to - (from - zoom.x) * (zoom.k / k), y: zoom.y + dy };
  }
  return null;
}
