import type { Area, TilePlace } from "./card.ts";

/** One neuron on its way from where it was to where it is now, in world units. */
export interface Flyer {
  neuron: number;
  sprite: TilePlace["sprite"];
  from: readonly [x: number, y: number, side: number];
  to: readonly [x: number, y: number, side: number];
  /** Whether it goes to another card: those are drawn above the rest. */
  leaves: boolean;
}

/** More neurons than this cannot be followed: then only those that change their card fly. */
const FOLLOWED = 700;

const place = ({ x, y, side }: TilePlace): [number, number, number] => [x, y, side];

/** The neurons of a layer on their ways; those that change their card last, so that they are seen. */
export function flyersOf(before: ReadonlyMap<number, TilePlace>, after: ReadonlyMap<number, TilePlace>): Flyer[] {
  const out: Flyer[] = [];
  for (const [neuron, end] of after) {
    const start = before.get(neuron) ?? end;
    const leaves = start.cluster !== end.cluster;
    out.push({ neuron, sprite: end.sprite, from: place(start), to: place(end), leaves });
  }
  const followed = out.length > FOLLOWED ? out.filter((one) => one.leaves) : out;
  return followed.sort((a, b) => Number(a.leaves) - Number(b.leaves));
}

/** Where a flyer is when it has gone a share of its way. */
export const flown = ({ from, to }: Flyer, share: number): [number, number, number] => [
  from[0] + (to[0] - from[0]) * share,
  from[1] + (to[1] - from[1]) * share,
  from[2] + (to[2] - from[2]) * share,
];

/** The part of the world that all of them are in on their way. */
export function flightArea(flyers: readonly Flyer[]): Area {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { from, to } of flyers) {
    for (const [x, y, side] of [from, to]) {
      left = Math.min(left, x);
      top = Math.min(top, y);
      right = Math.max(right, x + side);
      bottom = Math.max(bottom, y + side);
    }
  }
  return flyers.length === 0
    ? { x: 0, y: 0, width: 0, height: 0 }
    : { x: left, y: top, width: right - left, height: bottom - top };
}
