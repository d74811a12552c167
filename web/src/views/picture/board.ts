import { createContext } from "svelte";
import type { Area } from "../../layout/closeUp.ts";
import type { MatrixColumns } from "../../layout/matrix/columns.ts";
import type { ScreenBox } from "../../layout/tipPlace.ts";
import type { Place } from "../../layout/turns.ts";
import type { Tip } from "../../marks/tooltip.ts";
import type { RunContext } from "../../state/context.ts";
import type { Selection, ViewState } from "../../state/viewState.ts";
import type { LinkBoard } from "./connections/links.svelte.ts";
import type { EditBoard } from "./edit/editBoard.svelte.ts";
import type { Flights } from "./edit/flights.svelte.ts";
import type { Turns } from "./turns.svelte.ts";

/** What every part of the picture reads, and how it says what the user did: read through getters, so always current. */
export interface Board {
  readonly run: RunContext;
  readonly user: ViewState;
  /** Zoom at which canvases are drawn: that of the last rest. */
  readonly zoom: number;
  /** Screen pixels per page pixel. */
  readonly ratio: number;
  /** What was on the screen at the last rest, in world units. */
  readonly seen: Area;
  /** Columns of matrices in the scene's class order, with ever more groups opened: for ever larger cards. */
  readonly levels: readonly MatrixColumns[];
  /** Classes with images, in the scene's order. */
  readonly order: readonly number[];
  /** The connections between columns, and what they mean for the cards. */
  readonly links: LinkBoard;
  /** What is being changed, and how a card begins to change something. */
  readonly edit: EditBoard;
  /** Whether the sizes of tiles can be compared between a layer's clusters, as they are drawn now. */
  sizesCompare(layer: string): boolean;
  /** Neurons on their way from card to card. */
  readonly flights: Flights;
  /** The card that the keyboard has reached, as "layer:cluster": the one stop of the picture for Tab. */
  readonly current: string;
  reach(card: string): void;
  /** Who is told of a rest when. */
  readonly turns: Turns;
  /** Whether the picture is being panned or zoomed. */
  readonly moving: boolean;
  /** Classes under the pointer, in whichever card: named below all columns. */
  readonly pointed: readonly number[] | null;
  point(classes: readonly number[] | null): void;
  /** Say something to those who do not see it. */
  say(words: string): void;
  select(selection: Selection | null): void;
  change(part: Partial<ViewState>): void;
  tip(tip: Tip | null): void;
  /** A place in pixels of the picture: of the pointer, or below the left end of an element. */
  inside(of: HTMLElement | { clientX: number; clientY: number }): { x: number; y: number };
  /** Where a part of the world is in the window. */
  onScreen(part: ScreenBox): ScreenBox;
}

export const [board, setBoard] = createContext<Board>();

/** The board for a part of the picture, and for all within it: the last rest is known there when its turn has come. */
export function ownBoard(place: () => Place): Board {
  const all = board();
  const turn = all.turns.join(place);
  const own: Board = Object.create(all, {
    zoom: { get: () => turn.rest.zoom },
    seen: { get: () => turn.rest.seen },
  });
  setBoard(own);
  return own;
}
