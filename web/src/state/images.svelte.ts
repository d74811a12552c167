import { SvelteMap } from "svelte/reactivity";

/** Nothing, as an image that loads: what is on its way must not look like what cannot be had. */
const ON_ITS_WAY = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";
const ABSENT = "data:,";

const asData = (blob: Blob): Promise<string> =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(String(reader.result)));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(blob);
  });

/** Images for image elements that cannot load them by themselves; those asked for last are kept. */
export class LoadedImages {
  readonly #held = new SvelteMap<string, string>();
  readonly #asked = new Set<string>();
  readonly #load: (address: string) => Promise<Blob>;
  readonly #keep: number;
  readonly #encode: (blob: Blob) => Promise<string>;

  constructor(load: (address: string) => Promise<Blob>, { keep = 400, encode = asData } = {}) {
    this.#load = load;
    this.#keep = keep;
    this.#encode = encode;
  }

  /** What an element shows now; where it is read reactively, it changes when the image has come. */
  url(address: string): string {
    const held = this.#held.get(address);
    if (held === undefined) void this.#want(address);
    return held ?? ON_ITS_WAY;
  }

  async #want(address: string): Promise<void> {
    if (this.#asked.has(address)) return;
    this.#asked.add(address);
    try {
      const data = await this.#encode(await this.#load(address));
      const oldest = this.#held.size >= this.#keep ? this.#held.keys().next().value : undefined;
      if (oldest !== undefined) this.#held.delete(oldest);
      this.#held.set(address, data);
    } catch {
      this.#held.set(address, ABSENT);
    } finally {
      this.#asked.delete(address);
    }
  }
}
