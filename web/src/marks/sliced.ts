import type { Followed } from "../state/async.ts";

/** Work that can be interrupted: it yields the share of it that is done. */
export type Steps<T> = Iterator<number, T>;

/** Milliseconds of work after which the page gets its turn: what is pressed meanwhile is not felt to wait. */
const BUDGET = 20;

/** Milliseconds after which no frame is waited for any longer: the window was put away meanwhile. */
const PATIENCE = 200;

/** A task of its own, after all that is waiting; in a window that nobody sees it is not slowed down as timers are. */
function afterwards(call: () => void): void {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    call();
  };
  port2.postMessage(null);
}

/** Let the page answer and draw a frame. Tasks alone would not do: the browser puts off frames for them. */
export function breath(): Promise<void> {
  return new Promise((done) => {
    if (document.hidden) {
      afterwards(done);
      return;
    }
    const frame = requestAnimationFrame(() => {
      clearTimeout(late);
      afterwards(done);
    });
    const late = setTimeout(() => {
      cancelAnimationFrame(frame);
      done();
    }, PATIENCE);
  });
}

/** Do long work some milliseconds at a time; rejects with the signal's reason when it is ended before. */
export async function inSlices<T>(steps: Steps<T>, { signal, progress }: Followed): Promise<T> {
  for (;;) {
    const end = performance.now() + BUDGET;
    do {
      const step = steps.next();
      if (step.done) return step.value;
      progress(step.value);
    } while (performance.now() < end);
    await breath();
    signal.throwIfAborted();
  }
}

/** Go through a part of some work, at the share of the whole that was done before it. */
export function* within<T>(share: number, part: Iterator<unknown, T>): Generator<number, T> {
  for (;;) {
    const step = part.next();
    if (step.done) return step.value;
    yield share;
  }
}

/** Do it without a break. */
export function atOnce<T>(steps: Iterator<unknown, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
