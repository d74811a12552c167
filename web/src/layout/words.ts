/** Numbers and names as a person reads them. */

const DASH = "–";

// Made once: `toLocaleString` makes one for every call, which thousands of labels feel.
const GROUPED = new Intl.NumberFormat("en-US");

/** 5000 → "5,000". */
export const count = (value: number): string => GROUPED.format(value);

/** `count(1, "neuron")` → "1 neuron". */
export const counted = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;

/** "not checked yet" → "Not checked yet". */
export const capital = (words: string): string => `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`;

/** 0.915 → "91.5 %"; null → a dash. */
export function percent(share: number | null, digits = 1): string {
  return share === null ? DASH : `${(100 * share).toFixed(digits)} %`;
}

/** Three digits that matter: 0.0123, 4.56, 1,230. */
export function number(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return DASH;
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1000) return count(Math.round(value)).replace("-", "−");
  if (size < 0.001) return value.toExponential(1).replace("-", "−").replace("e−", "e-");
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.01 ? 2 : 4;
  return value.toFixed(digits).replace("-", "−");
}

/** With its sign, for values around 0. */
export const signed = (value: number | null): string =>
  value !== null && value > 0 ? `+${number(value)}` : number(value);

/** [64, 8, 8] → "64 × 8 × 8". */
export const shape = (sizes: readonly number[]): string => (sizes.length === 0 ? "one value" : sizes.join(" × "));

/** 269722 → "270 thousand", 25557032 → "25.6 million". */
export function large(value: number): string {
  if (value >= 1e6) return `${(value / 1e6).toFixed(1)} million`;
  if (value >= 1e4) return `${Math.round(value / 1e3)} thousand`;
  return count(value);
}

/** Letters that are much narrower, and much wider, than the others. */
const NARROW = "fijlrt ,.·'-";
const WIDE = "mw";

/** About the width of a card's title, in pixels at zoom 1: enough to plan its lines without drawing it. */
export const aboutWidth = (title: string): number =>
  [...title].reduce((sum, letter) => sum + (NARROW.includes(letter) ? 4.3 : WIDE.includes(letter) ? 10.2 : 7.1), 0);

/** Width of a text as it is drawn. */
export type Measure = (text: string) => number;

/** The longest of ever shorter texts that is no wider; empty when none is. */
function longest(texts: (keep: number) => string, length: number, width: number, measure: Measure): string {
  let [low, high] = [0, length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (measure(texts(middle)) <= width) low = middle;
    else high = middle;
  }
  return low > 2 ? texts(low) : "";
}

/** Cut words to a width. The middle goes: long names often differ at their ends. Empty when next to nothing is left. */
export function shortened(text: string, width: number, measure: Measure): string {
  if (measure(text) <= width) return text;
  const cut = (keep: number): string => {
    const head = Math.ceil(keep / 2);
    return `${text.slice(0, head).trimEnd()}…${text.slice(text.length - keep + head).trimStart()}`;
  };
  return longest(cut, text.length, width, measure);
}

/** Cut words to a width at their end, which reads best. Empty when next to nothing is left. */
function cutShort(text: string, width: number, measure: Measure): string {
  if (measure(text) <= width) return text;
  return longest((keep) => `${text.slice(0, keep).trimEnd()}…`, text.length, width, measure);
}

/** The same with each word that is wider than a line cut to it: words are not broken over lines. */
export function wordsWithin(title: string, line: number, measure: Measure): string {
  const words = title.split(" ").map((word) => cutShort(word, line, measure) || `${word.slice(0, 1)}…`);
  return words.join(" ");
}

/** The words that several titles begin with alike and that therefore tell them apart least: "leans to ". */
export function commonWords(titles: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const title of new Set(titles)) {
    const words = title.split(" ");
    for (let n = 1; n < words.length; n++) {
      const start = `${words.slice(0, n).join(" ")} `;
      counts.set(start, (counts.get(start) ?? 0) + 1);
    }
  }
  const shared = [...counts].filter(([, count]) => count > 1);
  return shared.sort((a, b) => b[1] - a[1] || b[0].length - a[0].length)[0]?.[0] ?? "";
}

/** How a title may begin that says least: what follows names what it is about. */
const WEAK = "leans to ";
/** Between what a cluster's patches look like and the class that it answers to. */
const AND_CLASS = " · ";

/** How titles begin that name some of many classes: too short to be worth leaving out. */
const SOME = "e.g. ";

/**
 * Without the words that only make a phrase of it: "images of level lines · bluish images" → "level lines · bluish",
 * "many, e.g. eel" → "e.g. eel".
 */
const brief = (title: string): string =>
  title
    .replace(/(^| · )images of /g, "$1")
    .replace(/ images(?= ·|$)/g, "")
    .replace(/^many, (?=e\.g\. )/, "");

/** Cut at the end of what comes before the class, so that the class stays; null when there is none or no room. */
function cutBeforeClass(text: string, width: number, measure: Measure): string | null {
  const at = text.lastIndexOf(AND_CLASS);
  if (at < 0) return null;
  const end = text.slice(at);
  const start = cutShort(text.slice(0, at), width - measure(end), measure);
  return start && `${start}${end}`;
}

/**
 * Titles that stand below one another, each within its width and told apart from the others.
 *
 * What does not fit loses first the words that say nothing, then what it shares with others or what says least, then its
 * end, or its middle where the rest would be alike.
 */
export function titlesWithin(titles: readonly string[], widths: readonly number[], measure: Measure): string[] {
  const shared = commonWords(titles.map(brief));
  const own = titles.map((whole, index) => {
    const fits = (text: string): boolean => measure(text) <= (widths[index] ?? 0);
    if (fits(whole)) return whole;
    const title = brief(whole);
    if (fits(title)) return title;
    const start = [shared, WEAK].find((words) => words !== "" && words !== SOME && title.startsWith(words)) ?? "";
    return start === "" ? title : `…${title.slice(start.length).replace(/^· /, "")}`;
  });
  const cut = own.map((title, index) => cutShort(title, widths[index] ?? 0, measure));
  return cut.map((text, index) => {
    const twin = cut.some((other, place) => other === text && titles[place] !== titles[index]);
    const width = widths[index] ?? 0;
    const better = twin
      ? cutBeforeClass(own[index] ?? "", width, measure) || shortened(titles[index] ?? "", width, measure)
      : text;
    return better || (titles[index] ?? "").slice(0, 1);
  });
}

/** Two lines hold less than twice a line: words are not broken. */
export const TWO_LINES = 1.75;

/** How far beyond one line's room each title goes when it may have two, in pixels; 0 where one is enough. */
export function beyondOneLine(heads: readonly { title: string; room: number }[]): number[] {
  const titles = heads.map((head) => head.title);
  const rooms = heads.map((head) => TWO_LINES * head.room);
  const shown = titlesWithin(titles, rooms, aboutWidth);
  return shown.map((title, index) => Math.max(0, aboutWidth(title) - (heads[index]?.room ?? 0)));
}
