import { ask, read } from "./request.ts";
import { TrainingClient, type TrainingSource } from "./training.ts";

/** How answers come: from the server, or from the report that the page is in. Addresses begin with api/. */
export interface Line {
  read<T>(address: string, signal: AbortSignal, options?: RequestInit): Promise<T>;
  blob(address: string, signal: AbortSignal): Promise<Blob>;
  /** The same as an image element can show it. */
  url(address: string): string;
  /** The recorded training of a run, whose address this is. */
  training(run: string): TrainingSource;
}

export const SERVER: Line = {
  read,
  blob: async (address, signal) => (await ask(address, signal)).blob(),
  url: (address) => address,
  training: (run) => new TrainingClient(run),
};
