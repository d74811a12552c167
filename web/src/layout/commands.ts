import type { Step } from "./visible.ts";

/** What a key asks of the page. */
export type Command =
  | { zoom: number }
  | { fit: true }
  | { step: Step }
  | { up: true }
  | { edit: "undo" | "redo" | "history" }
  | { card: CardAct };

/** What can be done to the card that has the focus. */
export type CardAct = "menu" | "rename" | "note" | "lock" | "split" | "merge" | "move" | "regroup";

/** Where a key counts: anywhere, on the picture or the bare page, or on a card. */
export type Where = "page" | "picture" | "card";

/** One line of the help: keys with what they do, or a gesture without a key. */
export interface CommandRow {
  shown: string;
  what: string;
  where: Where;
  /** Commands by key press, see `pressOf`; empty for a gesture. */
  presses: Readonly<Record<string, Command>>;
  /** Whether it changes clusters: not offered where they cannot be changed. */
  edits?: true;
}

const gesture = (shown: string, what: string, edits?: true): CommandRow => ({
  shown,
  what,
  where: "picture",
  presses: {},
  ...(edits && { edits }),
});

const onCard = (shown: string, what: string, act: CardAct, ...presses: string[]): CommandRow => ({
  shown,
  what,
  where: "card",
  presses: Object.fromEntries(presses.map((press) => [press, { card: act }])),
  edits: true,
});

/** Every key and gesture of the picture: what the keys do, and what the help says of them. */
export const COMMANDS: readonly CommandRow[] = [
  {
    shown: "← → ↑ ↓",
    what: "from card to card",
    where: "picture",
    presses: {
      ArrowLeft: { step: "left" },
      ArrowRight: { step: "right" },
      ArrowUp: { step: "up" },
      ArrowDown: { step: "down" },
    },
  },
  {
    shown: "Enter",
    what: "details of the card; then the arrows go from neuron to neuron in it",
    where: "card",
    presses: {},
  },
  {
    shown: "Esc",
    what: "closes a drawer; else out of the card, from neuron to cluster to layer, and out",
    where: "page",
    presses: { Escape: { up: true } },
  },
  {
    shown: "+  −",
    what: "zoom in and out (or wheel, pinch)",
    where: "page",
    presses: { "+": { zoom: 1.25 }, "=": { zoom: 1.25 }, "-": { zoom: 0.8 } },
  },
  { shown: "0", what: "fit the whole picture", where: "page", presses: { "0": { fit: true } } },
  gesture("drag", "move the picture (or Shift + wheel)"),
  gesture("Shift + drag", "over a matrix: pick neurons and classes"),
  gesture("Shift + click", "on neurons: pick them one by one"),
  gesture("double click", "on a matrix: the whole layer, large"),
  gesture("drag a neuron", "to another card of its layer, or beside the cards: a new cluster", true),
  gesture("drag a title", "onto another card: make one cluster of both", true),
  onCard("M", "move the chosen neurons, or merge the cluster", "move", "m"),
  onCard("F2", "name the cluster", "rename", "F2"),
  onCard("N", "write a note", "note", "n"),
  onCard("L", "lock the cluster, or unlock it", "lock", "l"),
  onCard("S", "split the cluster in two", "split", "s"),
  onCard("G", "group the layer anew", "regroup", "g"),
  onCard("E", "all that can be done to the card (or right click)", "menu", "e", "ContextMenu"),
  {
    shown: "Ctrl/⌘ + Z",
    what: "undo",
    where: "page",
    presses: { "Ctrl+z": { edit: "undo" } },
    edits: true,
  },
  {
    shown: "Ctrl/⌘ + Shift + Z",
    what: "redo",
    where: "page",
    presses: { "Ctrl+Shift+z": { edit: "redo" }, "Ctrl+y": { edit: "redo" } },
    edits: true,
  },
  { shown: "H", what: "the list of all edits", where: "page", presses: { h: { edit: "history" } }, edits: true },
];

type Press = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">;

/** A key press as it stands in the table: Shift only counts together with Ctrl (or ⌘), which else is part of the sign. */
export function pressOf({ key, ctrlKey, metaKey, altKey, shiftKey }: Press): string {
  const name = key.length === 1 ? key.toLowerCase() : key;
  const strong = ctrlKey || metaKey;
  return `${altKey ? "Alt+" : ""}${strong ? "Ctrl+" : ""}${strong && shiftKey ? "Shift+" : ""}${name}`;
}

/** What a key press asks for, and where it counts; null for a key that means nothing here. */
export function commandFor(press: Press): { command: Command; where: Where; edits: boolean } | null {
  const name = pressOf(press);
  for (const { presses, where, edits = false } of COMMANDS) {
    const command = presses[name];
    if (command) return { command, where, edits };
  }
  return null;
}
