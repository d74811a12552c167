/** What the page in a notebook's cell and the cell around it tell each other; the page asks, the kernel answers. */

/** A request, as it would be made of a server. */
export interface Question {
  kind: "ask";
  id: number;
  method: string;
  /** Begins with api/. */
  address: string;
  body: string;
}

export interface Answer {
  kind: "answer";
  id: number;
  /** As of HTTP. */
  status: number;
  /** Media type. */
  type: string;
  content: ArrayBuffer;
}

export type FromPage =
  | Question
  /** No answer is wanted any more. */
  | { kind: "drop"; id: number }
  /** The page shows something else: the part of its address after `#`. */
  | { kind: "moved"; address: string };

export type ToPage =
  | Answer
  /** There is no kernel to answer any more. */
  | { kind: "lost"; id: number }
  /** What the page is to show. */
  | { kind: "show"; address: string }
  /** Whether the notebook is dark; null: it does not say. */
  | { kind: "theme"; dark: boolean | null };

/** What the page says to the window around it, once it can listen. */
export type Ready = "cnnvis-page-ready";
/** What it is answered with, and a port. */
export interface Welcome {
  welcome: Ready;
  address: string;
  dark: boolean | null;
}
