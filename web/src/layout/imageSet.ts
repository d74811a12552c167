import type { ClassCount, ClassFacts, ImageSetScene, SetImage } from "../api/types.ts";
import type { ImageChoice } from "../state/imageChoice.ts";
import { count, counted, percent } from "./words.ts";

export const className = (classes: readonly ClassFacts[], label: number): string =>
  classes[label]?.name ?? `output ${label}`;

/** How many images of how many, and how often they were answered right. */
export function setWords({ images, of, labelled, right }: ImageSetScene): string {
  const which =
    images === of ? `All ${counted(of, "probe image")}` : `${count(images)} of ${counted(of, "probe image")}`;
  if (labelled === 0 || images === 0) return `${which}.`;
  const share = right === labelled ? "all" : right === 0 ? "none" : `${count(right)} (${percent(right / labelled, 0)})`;
  return `${which}, ${share} answered right.`;
}

/** "cat 12, dog 9 and 3 more classes": the commonest first. */
export function classWords(classes: readonly ClassFacts[], counts: readonly ClassCount[], most = 3): string {
  const named = counts.slice(0, most).map((one) => `${className(classes, one.label)} ${count(one.images)}`);
  const more = counts.length - named.length;
  return more > 0 ? `${named.join(", ")} and ${counted(more, "more class", "more classes")}` : named.join(", ");
}

/** The class that a way is asked for: the commonest wrong answer, else the commonest answer; null without any. */
export const wayTo = ({ mistakes, predictions }: ImageSetScene): number | null =>
  (mistakes[0] ?? predictions[0])?.label ?? null;

export const isWrong = ({ label, predicted }: SetImage): boolean =>
  label !== null && label !== undefined && predicted !== null && predicted !== undefined && label !== predicted;

/** One image in words: "image 12: cat, answered as dog". */
export function imageWords(classes: readonly ClassFacts[], image: SetImage): string {
  const { sample, label, predicted } = image;
  const of = label === null || label === undefined ? "" : `: ${className(classes, label)}`;
  if (predicted === null || predicted === undefined) return `image ${sample}${of}`;
  const answer = className(classes, predicted);
  if (of === "") return `image ${sample}: answered as ${answer}`;
  return `image ${sample}${of}, answered ${isWrong(image) ? `as ${answer}` : "right"}`;
}

/** The images from one to another, both included; only the other when the first is not there. */
export function between(members: readonly SetImage[], from: number | null, to: number): number[] {
  const [first, last] = [
    members.findIndex((one) => one.sample === from),
    members.findIndex((one) => one.sample === to),
  ];
  if (first < 0 || last < 0) return [to];
  return members.slice(Math.min(first, last), Math.max(first, last) + 1).map((one) => one.sample);
}

/** Whether a choice is a saved group and nothing else: it then bears the group's name. */
export const isGroup = ({ group, label, answered, wrong, neuron, samples }: ImageChoice): boolean =>
  group !== null && label === null && answered === null && !wrong && neuron === null && samples.length === 0;
