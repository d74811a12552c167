/** Seconds that a question to the network may take by default. */
const COMFORTABLE = 60;

/** About how long it takes; null where that cannot be said. */
export const secondsOf = (images: number, passes: number | null, each: number | null): number | null =>
  passes === null || each === null ? null : images * passes * each;

/** The most images that take no longer than a minute, but the fewest there are to choose from in any case. */
export function suggestedImages(choices: readonly number[], passes: number | null, each: number | null): number {
  const least = choices[0] ?? 1;
  // More than a hundred change little.
  const fitting = choices.filter((images) => images <= 100 && (secondsOf(images, passes, each) ?? 0) <= COMFORTABLE);
  return Math.max(least, ...(passes === null || each === null ? [50] : fitting));
}

/** "40 s", "3 min", "2 h 05 min". */
export function timeWords(seconds: number | null): string {
  if (seconds === null) return "";
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}
