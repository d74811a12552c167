import { type GraphPart, type GraphPicture, graphLayout } from "./layerGraph.ts";

const PATIENCE = 20_000;

/** Lay a graph out in a worker of its own; ending the signal ends the worker. */
export function graphLayoutAsync(part: GraphPart, signal: AbortSignal): Promise<GraphPicture> {
  return new Promise((resolve, reject) => {
    let worker: Worker;
    try {
      worker = new Worker(new URL("./layerGraph.worker.ts", import.meta.url), { type: "module" });
    } catch {
      // Embedded pages may forbid workers; slower is better than nothing.
      resolve(graphLayout(part));
      return;
    }
    const timer = setTimeout(() => stop(new Error("The layer graph is too large to lay out in 20 seconds.")), PATIENCE);
    function stop(problem: Error | null): void {
      clearTimeout(timer);
      worker.terminate();
      if (problem) reject(problem);
    }
    signal.addEventListener("abort", () => stop(new Error("no longer wanted")), { once: true });
    worker.addEventListener("message", (event: MessageEvent<GraphPicture>) => {
      stop(null);
      resolve(event.data);
    });
    // A page from the disk, and some that show this one in a frame, learn only now that they may have no worker.
    worker.addEventListener("error", () => {
      stop(null);
      try {
        resolve(graphLayout(part));
      } catch {
        reject(new Error("The layer graph could not be laid out."));
      }
    });
    worker.postMessage(part);
  });
}
