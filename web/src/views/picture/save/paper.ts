import type { Measure } from "../../../layout/words.ts";
import type { Theme } from "../../../theme/theme.ts";

/** What everything is drawn on and with. */
export interface Paper {
  theme: Theme;
  /** Measures words of a size in pixels and a weight, in the letters of the page. */
  measure: (size: number, weight: number) => Measure;
}
