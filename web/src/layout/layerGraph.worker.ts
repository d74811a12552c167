import { type GraphPart, graphLayout } from "./layerGraph.ts";

// Layered layout of a few hundred boxes takes tenths of a second: not on the page's own thread.
self.addEventListener("message", (event: MessageEvent<GraphPart>) => self.postMessage(graphLayout(event.data)));
