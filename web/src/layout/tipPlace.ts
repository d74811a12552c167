/** A rectangle on the screen. */
export interface ScreenBox {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

const OFFSET = 14;

function overlap(a: ScreenBox, b: ScreenBox): number {
  const [x, y] = [
    Math.min(a.right, b.right) - Math.max(a.left, b.left),
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top),
  ];
  return x > 0 && y > 0 ? x * y : 0;
}

/**
 * Where a tip stands beside the pointer: below at the right, unless it would leave the screen or cover what it is about;
 * then wherever it covers least.
 *
 * @param avoid What should be seen beside it.
 */
export function tipPlace(
  pointer: { x: number; y: number },
  tip: { width: number; height: number },
  screen: { width: number; height: number },
  avoid: readonly ScreenBox[] = [],
): { left: number; top: number } {
  const beside = (at: number, size: number, room: number, before: boolean): number => {
    const place = before ? at - OFFSET - size : at + OFFSET;
    return Math.max(4, Math.min(place, room - size - 4));
  };
  const lefts = [false, true].map((before) => beside(pointer.x, tip.width, screen.width, before));
  const tops = [
    ...[false, true].map((before) => beside(pointer.y, tip.height, screen.height, before)),
    // As far away as the pointer can still be thought of.
    Math.max(4, Math.min(pointer.y + 90, screen.height - tip.height - 4)),
    Math.max(4, pointer.y - 90 - tip.height),
  ];
  let best = { left: lefts[0] ?? 0, top: tops[0] ?? 0 };
  let least = Number.POSITIVE_INFINITY;
  for (const top of tops) {
    for (const left of lefts) {
      const box = { left, top, right: left + tip.width, bottom: top + tip.height };
      const under = box.left < pointer.x && pointer.x < box.right && box.top < pointer.y && pointer.y < box.bottom;
      const covered = avoid.reduce((sum, one) => sum + overlap(box, one), 0) + (under ? 1e9 : 0);
      if (covered < least) [best, least] = [{ left, top }, covered];
    }
  }
  return best;
}
