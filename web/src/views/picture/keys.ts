import { type Command, commandFor } from "../../layout/commands.ts";
import type { Box } from "../../layout/viewport.ts";
import type { Step } from "../../layout/visible.ts";
import { lookedAway } from "../../state/links.ts";
import { NO_DRAWER, type ViewState } from "../../state/viewState.ts";

const FIELDS = "input, select, textarea, [contenteditable], dialog, [role=menu]";

/** Whether a key belongs to a field, a menu or a dialog, and not to the page. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    (target instanceof Element && target.closest(FIELDS) !== null) || document.querySelector("dialog[open]") !== null
  );
}

/** The command of a key press inside the picture or on the bare page; null when the key belongs elsewhere. */
export function commandOf(event: KeyboardEvent, picture: HTMLElement): Command | null {
  if (event.defaultPrevented || isTyping(event.target)) return null;
  const found = commandFor(event);
  if (!found || "edit" in found.command) return null;
  const target = event.target instanceof HTMLElement ? event.target : document.body;
  // Keys that move things belong to whoever has the focus; zooming and going up are meant wherever it is.
  if (found.where === "picture" && target !== document.body && !picture.contains(target)) return null;
  if (found.where === "card" && !target.closest("[data-card]")) return null;
  return found.command;
}

const INSIDE: Record<string, Step | "out"> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
  Escape: "out",
};

/** Where a key leads inside a card; null when it leads nowhere. */
export const insideStep = (
  event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">,
): Step | "out" | null => (event.ctrlKey || event.metaKey || event.altKey ? null : (INSIDE[event.key] ?? null));

interface Place {
  x: number;
  y: number;
}

/** The card to go to from another: the next in its column, or the nearest by height in the next column. */
export function neighbour<T extends Place>(cards: readonly T[], from: Place, step: Step): T | null {
  const forward = step === "right" || step === "down" ? 1 : -1;
  if (step === "up" || step === "down") {
    const column = cards.filter((card) => card.x === from.x && (card.y - from.y) * forward > 0);
    return column.sort((a, b) => (a.y - b.y) * forward)[0] ?? null;
  }
  const ahead = cards.filter((card) => (card.x - from.x) * forward > 0);
  const next = Math.min(...ahead.map((card) => (card.x - from.x) * forward));
  const column = ahead.filter((card) => (card.x - from.x) * forward === next);
  return column.sort((a, b) => Math.abs(a.y - from.y) - Math.abs(b.y - from.y))[0] ?? null;
}

/** The card that has the focus. */
export function focusedCard(
  root: HTMLElement,
): { layer: string; cluster: string; neuron: null; element: HTMLElement } | null {
  const inside = document.activeElement?.closest<HTMLElement>("[data-card][data-layer]");
  if (!inside || !root.contains(inside)) return null;
  return { layer: inside.dataset.layer ?? "", cluster: inside.dataset.card ?? "", neuron: null, element: inside };
}

/** Give the focus to the next card in a direction, the one that Tab leads to at the beginning, and show it. */
export function stepTo(root: HTMLElement, step: Step, show: (box: Box) => void): void {
  const cards = [...root.querySelectorAll<HTMLElement>("[data-card]")].map((element) => ({
    element,
    x: element.offsetLeft,
    y: element.offsetTop,
  }));
  const current = cards.find((card) => card.element === document.activeElement);
  const next = current ? neighbour(cards, current, step) : cards.find((card) => card.element.tabIndex === 0);
  if (!next) return;
  next.element.focus({ preventScroll: true });
  show({ x: next.x, y: next.y, width: next.element.offsetWidth, height: next.element.offsetHeight });
}

/**
 * One step up: a drawer that is open is closed first; from what is looked at of connections, then from neuron to cluster to layer, and out; from a cluster that
 * was found by some images back to these.
 */
export function goUp({
  links,
  selection,
  images,
  ...drawers
}: Pick<ViewState, "links" | "selection" | "images" | keyof typeof NO_DRAWER>): Partial<ViewState> {
  if (drawers.history || drawers.graph !== null || drawers.regroup !== null) return NO_DRAWER;
  const plain = lookedAway(links);
  if (plain !== links) return { links: plain };
  if (selection === null) return images === null ? {} : { images: null };
  if (selection.neuron !== null && selection.cluster !== null) return { selection: { ...selection, neuron: null } };
  if (images !== null) return { selection: null };
  return { selection: selection.cluster === null ? null : { ...selection, cluster: null, neuron: null } };
}
