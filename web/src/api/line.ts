import { ask, type Read, read, type Way } from "./request.ts";
import { TrainingClient, type TrainingSource } from "./training.ts";

/** How answers come: from the server, a notebook's kernel, or the report that the page is in. Addresses begin with api/. */
export interface Line {
  readonly read: Read;
  blob(address: string, signal: AbortSignal): Promise<Blob>;
  /** The same as an image element can show it; null: it has to be loaded first. */
  url(address: string): string | null;
  /** Whether whole tables can be had. */
  readonly tables: boolean;
  /** The recorded training of a run, whose address this is. */
  training(run: string): TrainingSource;
}

/** A line on which requests travel some way; image elements can show an address themselves, or cannot. */
export function lineOver(way: Way | undefined, url: (address: string) => string | null): Line {
  const reading: Read = (address, signal, options) => read(address, signal, options, way);
  return {
    read: reading,
    blob: async (address, signal) => (await ask(address, signal, {}, way)).blob(),
    url,
    tables: true,
    training: (run) => new TrainingClient(run, reading),
  };
}

export const SERVER: Line = lineOver(undefined, (address) => address);
