/** Whole numbers as text: [7, 1, 2, 3] → "1-3,7". */
export function rangesOf(numbers: readonly number[]): string {
  const sorted = [...new Set(numbers)].sort((a, b) => a - b);
  const parts: string[] = [];
  let start = 0;
  for (let i = 1; i <= sorted.length; i++) {
    if (i < sorted.length && sorted[i] === (sorted[i - 1] as number) + 1) continue;
    const [first, last] = [sorted[start], sorted[i - 1]];
    parts.push(first === last ? String(first) : `${first}-${last}`);
    start = i;
  }
  return sorted.length === 0 ? "" : parts.join(",");
}

/** A link is written by anybody: it may not ask for more numbers than a layer has neurons. */
const MOST = 100_000;

/** The numbers of such a text, sorted; what is not understood is left out. */
export function readRanges(text: string | null): number[] {
  const out = new Set<number>();
  for (const part of (text ?? "").split(",")) {
    const match = /^(\d{1,7})(?:-(\d{1,7}))?$/.exec(part);
    if (!match) continue;
    const first = Number(match[1]);
    const last = Number(match[2] ?? match[1]);
    for (let n = first; n <= last && out.size < MOST; n++) out.add(n);
  }
  return [...out].sort((a, b) => a - b);
}
