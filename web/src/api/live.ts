import type { LiveState } from "./types.ts";

/** Whether the page learns what is new at the moment. */
export type Connection = "live" | "lost";

export interface Follower {
  onstate: (state: LiveState) => void;
  onconnection: (connection: Connection) => void;
}

export interface FollowOptions {
  /** Resolves with the state when it is another one than that of this mark, or after a while all the same. */
  next: (mark: string, signal: AbortSignal) => Promise<LiveState>;
  /** Resolves when somebody looks. */
  seen: () => Promise<void>;
  /** Milliseconds between an answer and the next question. */
  pace?: number;
  /** Milliseconds until the server is asked again after it was lost. */
  again?: number;
}

/**
 * Follow a training until the signal is aborted.
 *
 * The server answers when there is news. A question that fails means that the server is gone, or was started again: it
 * is asked again until it comes back.
 */
export async function follow(follower: Follower, options: FollowOptions, signal: AbortSignal): Promise<void> {
  const { next, seen, pace = 300, again = 1500 } = options;
  let mark = "";
  while (!signal.aborted) {
    await seen();
    if (signal.aborted) return;
    let wait = pace;
    try {
      const state = await next(mark, signal);
      mark = state.mark;
      follower.onconnection("live");
      follower.onstate(state);
    } catch {
      if (signal.aborted) return;
      follower.onconnection("lost");
      // Whatever has happened meanwhile: the next answer comes at once.
      mark = "";
      wait = again;
    }
    await new Promise((done) => setTimeout(done, wait));
  }
}
