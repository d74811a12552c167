import type { Answer, FromPage, ToPage } from "./bridge.ts";
import { ServerProblem, type Way } from "./request.ts";

const GONE = new ServerProblem("The notebook's kernel does not answer.", "Run the notebook's cell again.");

/** What a message channel's end has of what is used here. */
export type Port = Pick<MessagePort, "postMessage" | "addEventListener" | "start">;

interface Waiting {
  resolve(answer: Answer): void;
  reject(reason: unknown): void;
}

/** Requests go through the notebook's cell, which the page is in, to its kernel. */
export class CellWay implements Way {
  readonly gone = GONE;
  readonly #port: Port;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;

  constructor(port: Port) {
    this.#port = port;
    port.addEventListener("message", ({ data }: MessageEvent<ToPage>) => {
      if (data.kind === "answer") this.#take(data.id)?.resolve(data);
      else if (data.kind === "lost") this.#take(data.id)?.reject(GONE);
    });
    port.start();
  }

  async send(address: string, { method = "GET", body, signal }: RequestInit): Promise<Response> {
    signal?.throwIfAborted();
    this.#last += 1;
    const id = this.#last;
    const answer = new Promise<Answer>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    const drop = (): void => {
      const waiting = this.#take(id);
      if (!waiting) return;
      this.#tell({ kind: "drop", id });
      waiting.reject(signal?.reason);
    };
    signal?.addEventListener("abort", drop, { once: true });
    this.#tell({ kind: "ask", id, method, address, body: typeof body === "string" ? body : "" });
    try {
      const { status, type, content } = await answer;
      return new Response(content, { status, headers: { "Content-Type": type } });
    } finally {
      signal?.removeEventListener("abort", drop);
    }
  }

  #tell(what: FromPage): void {
    this.#port.postMessage(what);
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }
}
