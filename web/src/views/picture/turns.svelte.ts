import { flushSync, onDestroy, untrack } from "svelte";
import type { PlacedColumn } from "../../layout/stage.ts";
import { inTurn, type Place } from "../../layout/turns.ts";
import type { Part } from "../../layout/viewport.ts";
import { DRAWINGS } from "../../marks/drawQueue.ts";

/** What canvases and words are made for. */
export interface Rest {
  zoom: number;
  /** What was on the screen, in world units. */
  seen: Part;
}

export interface TurnsSource {
  rest: () => Rest;
  /** Whether the picture has another zoom than at its last rest. */
  zooming: () => boolean;
  /** Columns on or near the screen. */
  near: () => readonly PlacedColumn[];
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

  /** Its words and canvases are made here, and not later together with those of others. */
  tell(rest: Rest): void {
    flushSync(() => {
      this.rest = rest;
    });
  }
}

/**
 * After a rest hundreds of cards have other words and other tiles: they are told one by one, a few per frame. Those far
 * off are told when they come near. Call while the picture is set up.
 */
export function turns(source: TurnsSource): Turns {
  const members = new Set<Member>();

  $effect(() => {
    const [rest, near] = [source.rest(), source.near()];
    // What would be sharp for another zoom by then is not worth a frame.
    if (source.zooming()) return;
    const behind = untrack(() =>
      [...members].filter((one) => one.rest !== rest).map((one) => ({ of: one, place: one.place() })),
    );
    const waiting = inTurn(behind, near, rest.seen).map((one) => DRAWINGS.add(() => one.tell(rest)));
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
