import type { Followed } from "./async.ts";

/** What a picture can be saved as. */
export type PictureKind = "png" | "svg";

/** Makes a file of what the stage shows; rejects when it cannot, or is ended. The page stays at hand meanwhile. */
export type MakePicture = (kind: PictureKind, followed: Followed) => Promise<Blob>;

/** Where a view says that what it shows can be saved, and the page asks for it. */
export class Saving {
  #make = $state.raw<MakePicture | null>(null);

  /** Null while what the stage shows cannot be saved. */
  get make(): MakePicture | null {
    return this.#make;
  }

  /** Offer what is shown. Returns what takes the offer back. */
  offer(make: MakePicture): () => void {
    this.#make = make;
    return () => {
      if (this.#make === make) this.#make = null;
    };
  }
}
