import { HeldTraining } from "./heldTraining.ts";
import type { Line } from "./line.ts";
import { ServerProblem } from "./request.ts";
import type { TrainingSource } from "./training.ts";
import type { Pack, Report, RunEntry, Scene } from "./types.ts";

const ELEMENT = "cnnvis-report";

const NOT_HELD = "This report does not hold that.";
const OPEN_IT = "Open the run with `cnnvis open` for it";
const NOT_THIS_SET = new ServerProblem(
  "This report holds the image sets of classes, of their mistakes and of neurons, and saved ones, no others.",
  "Any set of images can be looked at when the run is opened with `cnnvis open`.",
);
const UNCHANGING = new ServerProblem(
  "A report cannot be changed, and computes nothing.",
  "Open the run with `cnnvis open`.",
);

/** What an address may say of which version or snapshot is meant: a report is of one. */
const NOT_IN_REPORTS = ["v", "step", "basis"];

/** An address below api/ as reports know it: unescaped, without those, parameters in the order of their names. */
export function keyOf(address: string): string {
  const [path = "", query = ""] = address.replace(/^api\//, "").split("?");
  const asked = [...new URLSearchParams(query)].filter(([name]) => !NOT_IN_REPORTS.includes(name));
  // Sorting keeps the order of those that have one name.
  asked.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return decodeURIComponent(path) + (asked.length > 0 ? "?" : "") + asked.map((pair) => pair.join("=")).join("&");
}

function bytesOf(data: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
}

interface Place {
  pack: Pack;
  index: number;
}

/** The report that the page is in: it answers what the server would, from the page itself or from files beside it. */
export class ReportLine implements Line {
  readonly run: RunEntry;
  /** Tables are computed when they are asked for. */
  readonly tables = false;
  readonly #leftOut: readonly string[];
  readonly #places = new Map<string, Place>();
  readonly #opened = new Map<Pack, Promise<readonly unknown[]>>();

  constructor(report: Report) {
    this.run = report.run;
    this.#leftOut = report.left_out;
    for (const pack of report.packs)
      for (const [index, address] of pack.addresses.entries()) this.#places.set(address, { pack, index });
  }

  /** Answers are trusted, as those of the server are: the same program made them. */
  async read<T>(address: string, signal: AbortSignal, options: RequestInit = {}): Promise<T> {
    if (options.method === "POST") throw UNCHANGING;
    const { pack, index } = this.#find(address);
    const answer = (await this.#open(pack, signal))[index];
    return (isScene(address) ? this.#withWarnings(answer as Scene) : answer) as T;
  }

  async blob(address: string, signal: AbortSignal): Promise<Blob> {
    const { pack } = this.#find(address);
    return this.#content(pack, signal);
  }

  /** What an image element shows. */
  url(address: string): string {
    const place = this.#places.get(keyOf(address));
    if (!place) return "data:,";
    const { media_type, data, file } = place.pack;
    return file || `data:${media_type};base64,${data}`;
  }

  training(run: string): TrainingSource {
    return new HeldTraining(run, (address, signal) => this.read(address, signal));
  }

  #find(address: string): Place {
    const place = this.#places.get(keyOf(address));
    if (!place) throw isChosenByHand(address) ? NOT_THIS_SET : this.#missing();
    return place;
  }

  /** What was left out may be had in a report; anything else is made on demand, and in none. */
  #missing(): ServerProblem {
    const more = this.#leftOut.length > 0 ? "; what this report leaves out may be in one made with `--full`" : "";
    return new ServerProblem(NOT_HELD, `${OPEN_IT}${more}.`);
  }

  #open(pack: Pack, signal: AbortSignal): Promise<readonly unknown[]> {
    const opened = this.#opened.get(pack) ?? this.#unpack(pack, signal);
    this.#opened.set(pack, opened);
    // Whoever asks next tries again.
    opened.catch(() => this.#opened.delete(pack));
    return opened;
  }

  async #unpack(pack: Pack, signal: AbortSignal): Promise<readonly unknown[]> {
    const content = await this.#content(pack, signal);
    return new Response(content.stream().pipeThrough(new DecompressionStream("gzip"))).json();
  }

  async #content(pack: Pack, signal: AbortSignal): Promise<Blob> {
    if (!pack.file) return new Blob([bytesOf(pack.data)], { type: pack.media_type });
    const response = await fetch(pack.file, { signal });
    if (!response.ok)
      throw new ServerProblem(`The file ${pack.file} of this report is missing.`, "Copy all of its folder.");
    return response.blob();
  }

  #withWarnings(scene: Scene): Scene {
    return { ...scene, run: { ...scene.run, warnings: [...scene.run.warnings, ...this.#leftOut] } };
  }
}

const isChosenByHand = (address: string): boolean => /^api\/runs\/[^/]+\/image-set\?(.*&)?sample=/.test(address);
const isScene = (address: string): boolean => /^api\/runs\/[^/]+\/scene$/.test(address);

/** The report in a document; null when the page comes from a server. */
export function reportIn(page: Document): ReportLine | null {
  const text = page.getElementById(ELEMENT)?.textContent;
  if (!text) return null;
  return new ReportLine(JSON.parse(text) as Report);
}
