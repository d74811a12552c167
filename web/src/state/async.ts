/** What a failed request leaves: a sentence and what to do. */
export interface Trouble {
  message: string;
  remedy: string;
}

/** A value that is on its way, here, or not coming. */
export type Async<T> =
  | { readonly status: "pending" }
  | { readonly status: "ready"; readonly value: T }
  | { readonly status: "error"; readonly trouble: Trouble };

export const PENDING = { status: "pending" } as const;

export const ready = <T>(value: T): Async<T> => ({ status: "ready", value });

/** The sentence and remedy of anything that was thrown. */
export function troubleOf(error: unknown): Trouble {
  if (error instanceof Error) {
    const remedy = "remedy" in error && typeof error.remedy === "string" ? error.remedy : "";
    return { message: error.message, remedy };
  }
  return { message: String(error), remedy: "" };
}

export const failed = <T>(error: unknown): Async<T> => ({ status: "error", trouble: troubleOf(error) });

/** The value when it is here, else null. */
export const readyOf = <T>(item: Async<T>): T | null => (item.status === "ready" ? item.value : null);

/** Something that takes a while, as whoever asked for it sees it. */
export interface Followed {
  /** Ends it before it is done. */
  signal: AbortSignal;
  /** Is told the share that is done, 0 to 1. */
  progress: (share: number) => void;
}
