import type { ClassFacts, ContrastScene, Mistaken, TellingFact } from "../api/types.ts";
import type { Pair } from "../state/viewState.ts";
import { counted } from "./words.ts";

const nameOf = (classes: readonly ClassFacts[], label: number): string => classes[label]?.name ?? String(label);

/** What is compared, as a heading. */
export function pairTitle(classes: readonly ClassFacts[], { label, other, against }: Pair): string {
  const [one, two] = [nameOf(classes, label), nameOf(classes, other)];
  return against === "right" ? `${one} taken for ${two}` : `${one} and ${two}`;
}

/** The two sets of images in words: "cat answered as dog", "cat answered right". */
export function sideNames(classes: readonly ClassFacts[], { label, other, against }: Pair): [string, string] {
  const [one, two] = [nameOf(classes, label), nameOf(classes, other)];
  return against === "right" ? [`${one} answered as ${two}`, `${one} answered right`] : [one, two];
}

/** The same where there is little room, above columns of numbers. */
export function sideHeads(classes: readonly ClassFacts[], { label, other, against }: Pair): [string, string] {
  return against === "right"
    ? [`as ${nameOf(classes, other)}`, "right"]
    : [nameOf(classes, label), nameOf(classes, other)];
}

/** A mean in standard deviations: two digits after the point. */
export const deviations = (value: number): string =>
  `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`.replace(/^[−+](?=0\.00$)/, "");

/** Why there is nothing to compare; empty: there is. */
export function emptyWords(scene: ContrastScene, names: readonly [string, string]): string {
  const missing = [scene.first, scene.second].flatMap(({ images }, index) =>
    images === 0 ? [names[index] ?? ""] : [],
  );
  if (missing.length === 0) return "";
  return `Answers are kept of the probe images, and none of these is “${missing.join("”, nor “")}”. Another pair may tell more.`;
}

/** One line of a list of mistakes: "dog · 12 images". */
export const mistakeWords = (classes: readonly ClassFacts[], { label, images }: Mistaken): [string, string] => [
  nameOf(classes, label),
  counted(images, "image"),
];

/**
 * What a telling fact about a mistake compares: its images with those of the class that were answered right; where none
 * was, with images of the class that it is taken for. Null for any other fact.
 */
export function mistakePair(classes: readonly ClassFacts[], { label, answer }: TellingFact): Pair | null {
  if (label === null || answer === null) return null;
  return { label, other: answer, against: (classes[label]?.recall ?? 0) > 0 ? "right" : "other" };
}
