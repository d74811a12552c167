import type { ScreenBox } from "../layout/tipPlace.ts";

/** Words beside the pointer. */
export interface Tip {
  x: number;
  y: number;
  title: string;
  text: string;
  /** What should be seen beside it, in the window. */
  avoid?: readonly ScreenBox[];
}
