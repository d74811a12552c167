import type { IncomingMessage, ServerResponse } from "node:http";
import type { Plugin } from "vite";
import { NO_WORKER } from "./connections.ts";
import { encodeHalf } from "./half.ts";
import type { Pixels } from "./pixels.ts";
import { png } from "./png.ts";
import type { MockRun } from "./run.ts";
import { mockRuns } from "./runs.ts";

/** That of the real server (src/cnnvis/serve/headers.py). */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; " +
  "font-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

function json(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(value));
}

const broken = {
  id: "broken",
  name: "broken",
  detail: "",
  created: "",
  error: "run.json ends in the middle.",
  read_only: false,
};

/** What the real server would answer: a value as JSON, or pixels as a picture, or numbers. */
function answer(
  runs: MockRun[],
  address: URL,
): { value: unknown; status?: number } | { pixels: Pixels } | { halves: Float32Array } {
  const [, , , name, what] = address.pathname.split("/").map(decodeURIComponent);
  if (name === undefined) return { value: [...runs.map((run) => run.entry), broken] };
  const run = runs.find((one) => one.entry.id === name);
  if (!run) {
    return { value: { error: `There is no readable run ${name}.`, remedy: "Choose another run." }, status: 404 };
  }
  const query = (key: string): string => address.searchParams.get(key) ?? "";
  const columns = (): string[] => address.searchParams.getAll("column");
  const mode = () => (query("mode") === "contribution" ? "contribution" : "weights");
  switch (what) {
    case "scene":
      return { value: run.scene };
    case "graph":
      return { value: run.graph };
    case "layer":
      return { value: run.layer(query("id")) };
    case "neuron":
      return { value: run.neuron(query("id")) };
    case "matrix":
      return {
        halves: run.matrix(query("layer"), query("facet") === "contributions" ? "contributions" : "activations"),
      };
    case "class-order":
      return { value: run.classOrder(query("layer"), query("cluster")) };
    case "connections":
      return { value: run.connections({ columns: columns(), mode: mode(), share: Number(query("share") || 0.8) }) };
    case "path":
      return {
        value: run.path({
          columns: columns(),
          mode: mode(),
          layer: query("layer"),
          cluster: query("cluster") || null,
          label: address.searchParams.has("class") ? Number(query("class")) : null,
        }),
      };
    case "worker":
      return { value: NO_WORKER };
    case "atlas":
      return { pixels: run.atlas(query("layer")) };
    default:
      return { pixels: run.image(Number(query("sample"))) };
  }
}

function send(response: ServerResponse, found: ReturnType<typeof answer>): void {
  if ("value" in found) {
    json(response, found.value, found.status);
    return;
  }
  if ("halves" in found) {
    response.writeHead(200, { "content-type": "application/octet-stream" });
    response.end(encodeHalf(found.halves));
    return;
  }
  response.writeHead(200, { "content-type": "image/png", "cache-control": "max-age=3600" });
  response.end(png(found.pixels));
}

/** Serves invented runs at the addresses of the real server, with its content security policy in preview. */
export function mockServer(): Plugin {
  const runs = mockRuns();
  const handle = (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    const address = new URL(request.url ?? "/", "http://localhost");
    if (!address.pathname.startsWith("/api/")) {
      next();
      return;
    }
    try {
      send(response, answer(runs, address));
    } catch (error) {
      json(response, { error: String(error), remedy: "Reload the page." }, 404);
    }
  };
  return {
    name: "cnnvis-mock",
    configureServer: ({ middlewares }) => {
      middlewares.use(handle);
    },
    configurePreviewServer: ({ middlewares }) => {
      middlewares.use((_request, response, next) => {
        response.setHeader("content-security-policy", POLICY);
        next();
      });
      middlewares.use(handle);
    },
  };
}
