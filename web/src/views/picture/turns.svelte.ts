import { flushSync, onDestroy, untrack } from "svelte";
import type { Area } from "../../layout/closeUp.ts";
import { DRAWINGS } from "../../marks/drawQueue.ts";

/** What canvases and words are made for. */
export interface Rest {
  zoom: number;
  /** What was on the screen, in world units. */
  seen: Area;
}

export interface TurnsSource {
  rest: () => Rest;
  /** Whether the picture has another zoom than at its last rest. */
  zooming: () => boolean;
  /** From where to where the columns on or near the screen reach. */
  near: () => { left: number; right: number };
}

/** Where in the world a card, or whatever else is made anew at rest by itself, has its middle. */
export interface Place {
  x: number;
  y: number;
}

export interface Turns {
  /** Call while a component is set up: the last rest, as soon as it is this one's turn. */
  join(place: () => Place): { readonly rest: Rest };
}

class Member {
  rest = $state.raw() as Rest;
  readonly place: () => Place;

  constructor(rest: Rest, place: () => Place) {
    this.rest = rest;
    this.place = place;
  }
}

/**
 * After a rest hundreds of cards have other words and other tiles: they are told one by one, those in the middle first, a
 * few per frame. Those far off are told when they come near. Call while the picture is set up.
 */
export function turns(source: TurnsSource): Turns {
  const members = new Set<Member>();

  /** Members that have not seen this rest, in the order of their turns. */
  function behind(rest: Rest, near: { left: number; right: number }): Member[] {
    const { left, top, right, bottom } = rest.seen;
    const distance = ({ x, y }: Place): number => Math.hypot(x - (left + right) / 2, y - (top + bottom) / 2);
    return [...members]
      .filter((one) => one.rest !== rest)
      .map((one) => ({ one, place: one.place() }))
      .filter(({ place }) => place.x >= near.left && place.x <= near.right)
      .map(({ one, place }) => ({ one, distance: distance(place) }))
      .sort((a, b) => a.distance - b.distance)
      .map(({ one }) => one);
  }

  $effect(() => {
    const [rest, near] = [source.rest(), source.near()];
    // What would be sharp for another zoom by then is not worth a frame.
    if (source.zooming()) return;
    const waiting = untrack(() => behind(rest, near)).map((one) =>
      DRAWINGS.add(() =>
        flushSync(() => {
          one.rest = rest;
        }),
      ),
    );
    return () => {
      for (const giveUp of waiting) giveUp();
    };
  });

  return {
    join(place) {
      const member = new Member(untrack(source.rest), place);
      members.add(member);
      onDestroy(() => members.delete(member));
      return member;
    },
  };
}
