import type { ClassFacts, RunFacts } from "../api/types.ts";
import { count, counted, percent } from "./words.ts";

/** What is said of a class: short beside its name, as a bar (null: none), and in words. */
export interface ClassFigure {
  value: string;
  share: number | null;
  words: string;
}

/** Whether images belong to classes, by label or by prediction, so that there are profiles over them. */
export const hasClasses = (run: Pick<RunFacts, "labelled" | "by_prediction">): boolean =>
  run.labelled || run.by_prediction;

/** The share of its images that is predicted right; without one how many images it has. */
export function classFigure({ images, recall }: Pick<ClassFacts, "images" | "recall">): ClassFigure {
  if (images === 0) return { value: "", share: null, words: "no images" };
  const many = counted(images, "image");
  if (recall === null) return { value: count(images), share: null, words: many };
  return { value: percent(recall, 0), share: recall, words: `${percent(recall, 0)} of ${many} right` };
}
