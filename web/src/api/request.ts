import type { Problem } from "./types.ts";

/** What went wrong, as a sentence, and what to do about it. */
export class ServerProblem extends Error {
  readonly remedy: string;
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  /** Everything that the server said, where it said it as JSON. */
  readonly body: unknown;

  constructor(message: string, remedy: string, { status = 0, body = null }: { status?: number; body?: unknown } = {}) {
    super(message);
    this.name = "ServerProblem";
    this.remedy = remedy;
    this.status = status;
    this.body = body;
  }
}

const GONE = new ServerProblem(
  "The cnnvis server does not answer.",
  "Start it again with `cnnvis open` in the terminal, then try again.",
);

function isProblem(value: unknown): value is Problem {
  return typeof value === "object" && value !== null && "error" in value && typeof value.error === "string";
}

async function problemOf(response: Response): Promise<ServerProblem> {
  const body: unknown = await response.json().catch(() => null);
  const { status } = response;
  if (isProblem(body)) return new ServerProblem(body.error, body.remedy, { status, body });
  if (status >= 502) return GONE;
  return new ServerProblem(`The server answered with status ${status}.`, "Reload the page.", { status });
}

/** How a request travels. */
export interface Way {
  send(address: string, options: RequestInit): Promise<Response>;
  /** What is said when no answer comes. */
  readonly gone: ServerProblem;
}

const HTTP: Way = { send: (address, options) => fetch(address, options), gone: GONE };

export async function ask(
  address: string,
  signal: AbortSignal,
  options: RequestInit = {},
  way: Way = HTTP,
): Promise<Response> {
  let response: Response;
  try {
    response = await way.send(address, { ...options, signal });
  } catch (error) {
    // An aborted request is not a problem: the caller drops it on purpose.
    if (signal.aborted) throw error;
    throw way.gone;
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

/** A request with a JSON body. */
export const posting = (value: unknown): RequestInit => ({ method: "POST", body: JSON.stringify(value) });

/** Reads the answer of an address, which begins with api/. */
export type Read = <T>(address: string, signal: AbortSignal, options?: RequestInit) => Promise<T>;

/** The server's answers are typed by the schema they are generated from, so they are trusted here and nowhere else. */
export async function read<T>(
  address: string,
  signal: AbortSignal,
  options: RequestInit = {},
  way: Way = HTTP,
): Promise<T> {
  const response = await ask(address, signal, options, way);
  try {
    return (await response.json()) as T;
  } catch (error) {
    if (signal.aborted) throw error;
    throw new ServerProblem("The server's answer could not be read.", "Is another program using this port?");
  }
}
