/** What a key asks of the picture. */
export type Command = { zoom: number } | { fit: true } | { step: "left" | "right" | "up" | "down" } | { up: true };

const COMMANDS: Record<string, Command> = {
  "+": { zoom: 1.25 },
  "=": { zoom: 1.25 },
  "-": { zoom: 0.8 },
  "0": { fit: true },
  ArrowLeft: { step: "left" },
  ArrowRight: { step: "right" },
  ArrowUp: { step: "up" },
  ArrowDown: { step: "down" },
  Escape: { up: true },
};

const FIELDS = "input, select, textarea, [contenteditable], dialog";

/** The command of a key press inside the picture or on the bare page; null when the key belongs elsewhere. */
export function commandOf(event: KeyboardEvent, picture: HTMLElement): Command | null {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return null;
  const target = event.target instanceof HTMLElement ? event.target : document.body;
  if (target.closest(FIELDS) || document.querySelector("dialog[open]")) return null;
  const command = COMMANDS[event.key] ?? null;
  // Keys that move things belong to whoever has the focus; zooming and going up are meant wherever it is.
  if (command && "step" in command && target !== document.body && !picture.contains(target)) return null;
  return command;
}

interface Place {
  x: number;
  y: number;
}

/** The card to go to from another: the next in its column, or the nearest by height in the next column. */
export function neighbour<T extends Place>(
  cards: readonly T[],
  from: Place,
  step: "left" | "right" | "up" | "down",
): T | null {
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
