import type { ClassFacts } from "../../../api/types.ts";
import type { CardArea } from "../../../layout/card.ts";
import { classFigure } from "../../../layout/classFigure.ts";
import type { Bar } from "../../../layout/profile.ts";
import type { Card } from "../../../layout/space.ts";
import { type Measure, shortened } from "../../../layout/words.ts";
import { ICONS } from "../../../marks/icons.ts";
import { group, line, type Markup, paint, tag } from "../../../marks/svg/xml.ts";
import { BARS, SIGN, SIZE } from "../cardTitles.ts";
import type { Paper } from "./paper.ts";

/** A card of a cluster, all that stands on it decided. */
export interface SavedCard {
  layer: string;
  card: Pick<Card, "id" | "y" | "height">;
  x: number;
  width: number;
  parts: CardArea;
  /** As much of the title as there is room for. */
  title: string;
  neurons: number;
  note: string;
  bars: readonly Bar[];
  marked: readonly number[];
  locked: boolean;
  noted: boolean;
  selected: boolean;
  opacity: number;
  /** Draws its tiles or its matrix, from the corner of its drawing: most of the work, which can be interrupted. */
  draw: () => Iterator<unknown, Markup>;
}

/** A rounded card, with its line outside of it as on the page. */
function plate(
  box: { x: number; y: number; width: number; height: number },
  rx: number,
  paper: Paper,
  on: boolean,
): Markup {
  const { surface, line: edge, accent, shadow } = paper.theme.colour;
  const thick = on ? 2 : 1;
  const [x, y] = [box.x - thick / 2, box.y - thick / 2];
  const [width, height] = [box.width + thick, box.height + thick];
  return (
    tag("rect", { ...box, y: box.y + 1.5, rx, ...paint("fill", shadow), opacity: 0.5 }) +
    tag("rect", {
      x,
      y,
      width,
      height,
      rx,
      ...paint("fill", surface),
      ...paint("stroke", on ? accent : edge),
      "stroke-width": thick,
    })
  );
}

/** Words in at most two lines, no word broken that has room on a line of its own. */
export function twoLines(title: string, width: number, measure: Measure): string[] {
  if (measure(title) <= width) return [title];
  const words = title.split(" ");
  let first = words[0] ?? "";
  let next = 1;
  while (next < words.length && measure(`${first} ${words[next]}`) <= width) first += ` ${words[next++]}`;
  const rest = words.slice(next).join(" ");
  return [shortened(first, width, measure), shortened(rest, width, measure)].filter((text) => text !== "");
}

/** The bars of a class profile, up and down from 0. */
function barsSvg(bars: readonly Bar[], [left, top]: [number, number], marked: readonly number[], paper: Paper): Markup {
  const { accentSoft, positive, negative, line: none, lineStrong } = paper.theme.colour;
  const zero = bars.some(({ value }) => (value ?? 0) < 0) ? BARS.height * 0.62 : BARS.height - 0.5;
  const drawn = bars.map(({ x, width, value, index }) => {
    const up = (value ?? 0) >= 0;
    const height = value === null ? 0.5 : Math.max(0.5, Math.abs(value) * (up ? zero : BARS.height - zero));
    const y = top + (up ? zero - height : zero);
    const behind = { x: left + x, y: top, width, height: BARS.height, ...paint("fill", accentSoft) };
    const colour = value === null ? none : up ? positive : negative;
    return (
      (marked.includes(index) ? tag("rect", behind) : "") +
      tag("rect", { x: left + x, y, width, height, ...paint("fill", colour) })
    );
  });
  const floor = { x: left, y: top + zero, width: BARS.width, height: 0.5, ...paint("fill", lineStrong) };
  return group({}, [...drawn, tag("rect", floor)]);
}

const sign = (name: "lock" | "note", x: number, y: number, colour: string): Markup =>
  tag("path", {
    d: ICONS[name],
    transform: `translate(${x} ${y}) scale(0.75)`,
    fill: "none",
    ...paint("stroke", colour),
    "stroke-width": 1.4,
    "stroke-linecap": "round",
    "stroke-linejoin": "round",
  });

const PAD = 4;

/** The line of words: from its right end the number of neurons, signs, a note or bars; the title has what is left. */
function headSvg({ x, width, card, title, neurons, ...of }: SavedCard, paper: Paper): Markup {
  const { text, muted, warning } = paper.theme.colour;
  const out: Markup[] = [];
  const middle = card.y + 7.5;
  const count = String(neurons);
  let right = x + width - PAD;
  out.push(line(count, { x: right, y: middle, size: SIZE.count, colour: muted, anchor: "end" }));
  right -= paper.measure(SIZE.count, 400)(count) + PAD;
  for (const [name, shown, colour] of [
    ["note", of.noted, warning],
    ["lock", of.locked, muted],
  ] as const) {
    if (!shown) continue;
    right -= SIGN + PAD;
    out.push(sign(name, right + PAD, middle - SIGN / 2, colour));
  }
  if (of.bars.length > 0) {
    right -= BARS.width + PAD;
    out.push(barsSvg(of.bars, [right + PAD, card.y + 2], of.marked, paper));
  } else if (of.note !== "") {
    out.push(line(of.note, { x: right, y: middle, size: SIZE.count, colour: muted, anchor: "end" }));
    right -= paper.measure(SIZE.count, 400)(of.note) + PAD;
  }
  const measure = paper.measure(SIZE.title, 600);
  const left = x + PAD;
  const lines =
    of.parts.lines === 2 ? twoLines(title, right - left, measure) : [shortened(title, right - left, measure)];
  const top = of.parts.lines === 2 ? card.y + 7.5 : middle;
  lines.forEach((words, index) => {
    out.push(line(words, { x: left, y: top + 13 * index, size: SIZE.title, weight: 600, colour: text }));
  });
  return out.join("");
}

/** A card around what its `draw` made. */
export function cardSvg(one: SavedCard, drawing: Markup, paper: Paper): Markup {
  const { x, width, card, parts, layer } = one;
  const place = `translate(${x + parts.x} ${card.y + parts.y})`;
  return group({ "data-card": card.id, "data-layer": layer, opacity: one.opacity < 1 ? one.opacity : null }, [
    plate({ x, y: card.y, width, height: card.height }, 6, paper, one.selected),
    tag("g", { transform: place }, drawing),
    parts.words > 0 ? headSvg(one, paper) : "",
  ]);
}

/** A class of the last column. */
export interface SavedClass {
  facts: ClassFacts;
  card: Pick<Card, "y" | "height">;
  x: number;
  width: number;
  selected: boolean;
  marked: boolean;
  opacity: number;
}

const ROOMY = 30;

export function classSvg({ facts, card, x, width, selected, marked, opacity }: SavedClass, paper: Paper): Markup {
  const { text, muted, accent, accentSoft, hover } = paper.theme.colour;
  const roomy = card.height >= ROOMY;
  const thick = roomy ? 4 : 2;
  const { value, share } = classFigure(facts);
  const [left, right] = [x + 8, x + width - 8];
  // Two rows, as high as they are, in the middle.
  const rows = 13.2 + (roomy ? 4 : 0) + thick;
  const top = card.y + (card.height - rows) / 2;
  const measure = paper.measure(11, 400);
  const room = right - left - (value === "" ? 0 : paper.measure(10, 400)(value) + 4);
  const name = shortened(facts.name, room, measure);
  const track = (length: number, colour: string): Markup =>
    length <= 0
      ? ""
      : tag("rect", {
          x: left,
          y: top + rows - thick,
          width: length,
          height: thick,
          rx: Math.min(thick, length) / 2,
          ...paint("fill", colour),
        });
  const box = { x, y: card.y, width, height: card.height };
  const on = selected || marked;
  return group({ "data-card": facts.name, "data-class": facts.index, opacity: opacity < 1 ? opacity : null }, [
    roomy ? plate(box, 8, paper, on) : on ? tag("rect", { ...box, rx: 5, ...paint("fill", accentSoft) }) : "",
    line(name, { x: left, y: top + 6.6, size: 11, colour: marked ? accent : text, weight: marked ? 650 : 400 }),
    line(value, { x: right, y: top + 6.6, size: 10, colour: muted, anchor: "end" }),
    ...(share === null ? [] : [track(right - left, hover), track(share * (right - left), accent)]),
  ]);
}
