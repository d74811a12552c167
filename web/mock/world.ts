/** What an invented run is about: its classes and images. */
export interface World {
  classes: string[];
  image: number;
  samples: number;
  /** Classes without images. */
  empty: ReadonlySet<number>;
}
