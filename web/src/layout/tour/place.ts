import type { ScreenBox } from "../tipPlace.ts";

/** On which side of what it points at a callout stands. */
export type Side = "below" | "right" | "left" | "above";

export interface CalloutPlace {
  left: number;
  top: number;
  /** Null: it points at nothing. */
  side: Side | null;
  /** Where its arrow is, in pixels from its left edge (below, above) or its upper edge (right, left). */
  arrow: number;
}

export interface Extent {
  width: number;
  height: number;
}

interface Room {
  size: Extent;
  screen: Extent;
}

type Align = "middle" | "near" | "far";

const APART = 14;
const EDGE = 8;
/** The arrow keeps off the round corners. */
const CORNER = 18;

const clamp = (value: number, low: number, high: number): number => Math.max(low, Math.min(high, value));

const overlap = (a: ScreenBox, b: ScreenBox): number =>
  Math.max(0, Math.min(a.right, b.right) - Math.max(a.left, b.left)) *
  Math.max(0, Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top));

/** A callout on one side, with its middle at the middle of what it points at, or its near or far edge at that one's. */
function besides(side: Side, align: Align, at: ScreenBox, { size, screen }: Room): CalloutPlace {
  const level = side === "left" || side === "right";
  const [from, to, length, room] = level
    ? [at.top, at.bottom, size.height, screen.height]
    : [at.left, at.right, size.width, screen.width];
  const along = { middle: (from + to - length) / 2, near: from, far: to - length }[align];
  const within = (wanted: number, own: number, all: number): number =>
    clamp(wanted, EDGE, Math.max(EDGE, all - own - EDGE));
  const shift = within(along, length, room);
  const across = {
    below: within(at.bottom + APART, size.height, screen.height),
    above: within(at.top - APART - size.height, size.height, screen.height),
    right: within(at.right + APART, size.width, screen.width),
    left: within(at.left - APART - size.width, size.width, screen.width),
  }[side];
  const arrow = clamp((from + to) / 2 - shift, CORNER, length - CORNER);
  return level ? { left: across, top: shift, side, arrow } : { left: shift, top: across, side, arrow };
}

/** First along the longer edge of what is pointed at: beside a panel, below a bar. */
const sidesOf = ({ left, right, top, bottom }: ScreenBox): readonly Side[] =>
  right - left >= bottom - top ? ["below", "above", "right", "left"] : ["right", "left", "below", "above"];

/**
 * Where a callout stands: beside what it points at and inside the screen, at the first place where it covers none of what
 * it is about; else where it covers least.
 *
 * @param boxes What it is about, the one that it points at first; none: it stands in the middle.
 */
export function calloutPlace(boxes: readonly ScreenBox[], size: Extent, screen: Extent): CalloutPlace {
  const [at] = boxes;
  const middle = { left: (screen.width - size.width) / 2, top: (screen.height - size.height) / 2 };
  let best: CalloutPlace = { left: Math.max(EDGE, middle.left), top: Math.max(EDGE, middle.top), side: null, arrow: 0 };
  if (!at) return best;
  let least = Number.POSITIVE_INFINITY;
  for (const side of sidesOf(at)) {
    for (const align of ["middle", "near", "far"] as const) {
      const place = besides(side, align, at, { size, screen });
      const { left, top } = place;
      const box = { left, top, right: left + size.width, bottom: top + size.height };
      const covered = boxes.reduce((sum, one) => sum + overlap(box, one), 0);
      if (covered < least) [best, least] = [place, covered];
    }
  }
  return best;
}
