/** Squares set down in a strip of fixed width, one after another, each where the strip is lowest. */
export interface Strip {
  x: number[];
  y: number[];
  width: number;
  height: number;
}

interface Step {
  x: number;
  width: number;
  y: number;
}

/** How many of the next squares may go first where they fit better: alike neighbours stay near each other. */
const AHEAD = 8;

/** The lowest step, of several the leftmost. */
function lowest(steps: readonly Step[]): number {
  let best = 0;
  for (let i = 1; i < steps.length; i++) if ((steps[i] as Step).y < (steps[best] as Step).y) best = i;
  return best;
}

/** Squares to be set down: their sides, and the region each belongs to. */
export interface Squares {
  sides: readonly number[];
  /** In the order given squares of one region follow one another. */
  regions: readonly number[];
}

/** Of the next squares the one that fills a step best: exactly, else the largest that fits; -1 when none fits. */
function fitting(waiting: readonly number[], { sides, regions }: Squares, width: number): number {
  const region = regions[waiting[0] as number];
  let best = -1;
  for (let i = 0; i < Math.min(AHEAD, waiting.length); i++) {
    if (regions[waiting[i] as number] !== region) break;
    const side = sides[waiting[i] as number] as number;
    if (side === width) return i;
    if (side < width && (best < 0 || side > (sides[waiting[best] as number] as number))) best = i;
  }
  return best;
}

/** Raise a step to its lower neighbour and make them one: what lay between is lost. */
function raise(steps: Step[], at: number): void {
  const [before, after] = [steps[at - 1], steps[at + 1]];
  const step = steps[at] as Step;
  step.y = Math.min(before?.y ?? Number.POSITIVE_INFINITY, after?.y ?? Number.POSITIVE_INFINITY);
  joined(steps, at);
}

/** Make neighbouring steps of one height one. */
function joined(steps: Step[], at: number): void {
  for (const i of [at + 1, at]) {
    const [left, right] = [steps[i - 1], steps[i]];
    if (!left || !right || left.y !== right.y) continue;
    left.width += right.width;
    steps.splice(i, 1);
  }
}

/**
 * Set squares down in the order given, as far as they fill the strip well. No side may exceed the width.
 *
 * Regions are set down one after another, so that downwards one never leaves a region and comes back to it.
 */
export function strip(squares: Squares, order: readonly number[], width: number): Strip {
  const { sides } = squares;
  const steps: Step[] = [{ x: 0, width, y: 0 }];
  const waiting = [...order];
  const out: Strip = { x: new Array(sides.length), y: new Array(sides.length), width: 0, height: 0 };
  while (waiting.length > 0) {
    const at = lowest(steps);
    const step = steps[at] as Step;
    const place = fitting(waiting, squares, step.width);
    if (place < 0) {
      raise(steps, at);
      continue;
    }
    const index = waiting.splice(place, 1)[0] as number;
    const side = sides[index] as number;
    out.x[index] = step.x;
    out.y[index] = step.y;
    out.width = Math.max(out.width, step.x + side);
    out.height = Math.max(out.height, step.y + side);
    const top = { x: step.x, width: side, y: step.y + side };
    if (side === step.width) {
      steps[at] = top;
      joined(steps, at);
    } else {
      steps.splice(at, 0, top);
      step.x += side;
      step.width -= side;
      joined(steps, at);
    }
  }
  return out;
}
