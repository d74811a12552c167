import type { ScreenBox } from "../../layout/tipPlace.ts";
import type { Anchor } from "../../layout/tour/stop.ts";

function selectorOf(anchor: Anchor): string {
  const is = (name: string, value: string): string => `[data-${name}="${CSS.escape(value)}"]`;
  if ("part" in anchor) return is("part", anchor.part);
  if ("item" in anchor) return is("node", anchor.item);
  return is("card", anchor.cluster) + is("layer", anchor.layer);
}

/** The part of an element that is on the screen; null where none of it is. */
function visibleBox(element: Element): ScreenBox | null {
  const own = element.getBoundingClientRect();
  const box = { left: own.left, top: own.top, right: own.right, bottom: own.bottom };
  const within = (part: ScreenBox): void => {
    box.left = Math.max(box.left, part.left);
    box.top = Math.max(box.top, part.top);
    box.right = Math.min(box.right, part.right);
    box.bottom = Math.min(box.bottom, part.bottom);
  };
  for (let at = element.parentElement; at; at = at.parentElement)
    if (getComputedStyle(at).overflow !== "visible") within(at.getBoundingClientRect());
  within({ left: 0, top: 0, right: innerWidth, bottom: innerHeight });
  return box.right - box.left >= 1 && box.bottom - box.top >= 1 ? box : null;
}

/** Where on the screen is what a stop is about, in whole pixels; what is not on it is left out. */
export function boxesOf(anchors: readonly Anchor[]): ScreenBox[] {
  return anchors.flatMap((anchor) => {
    const element = document.querySelector(selectorOf(anchor));
    const box = element && visibleBox(element);
    if (!box) return [];
    return [
      {
        left: Math.floor(box.left),
        top: Math.floor(box.top),
        right: Math.ceil(box.right),
        bottom: Math.ceil(box.bottom),
      },
    ];
  });
}
