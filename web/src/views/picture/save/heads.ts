import { factsWithin, headPlaces, headWords, spanPlaces } from "../../../layout/heads.ts";
import type { Stage } from "../../../layout/stage.ts";
import { shortened } from "../../../layout/words.ts";
import { group, line, type Markup, paint, tag } from "../../../marks/svg/xml.ts";
import type { Paper } from "./paper.ts";

const SPAN = 21;
const HEAD = 44;
/** Room that is kept free at the right end. */
const EDGE = 8;

/** Height of the heads: two lines, and one for every depth of opened groups above them. */
export const headsHeight = ({ spans }: Stage): number =>
  HEAD + SPAN * (spans.length === 0 ? 0 : 1 + Math.max(...spans.map(({ span }) => span.depth)));

/** Titles and facts of all columns, and the names of opened groups above them. */
export function headsSvg(stage: Stage, { theme, measure }: Paper): Markup {
  const { text, muted, lineStrong, line: edge } = theme.colour;
  const here = { k: 1, x: 0, y: 0 };
  const height = headsHeight(stage);
  const places = headPlaces(stage.columns, here, stage.width - EDGE);
  const titles = stage.columns.map(({ column }) => column.title);
  const rooms = places.map((place) => ({ width: place?.width ?? 0, signs: 0 }));
  const words = headWords(titles, rooms, measure(14, 650));
  const columns = stage.columns.flatMap(({ column }, index) => {
    const place = places[index];
    if (!place) return [];
    const facts = factsWithin(column.detail, place.width, measure(11, 400));
    return [
      line(words[index]?.title ?? "", { x: place.x, y: height - 30, size: 14, weight: 650, colour: text }),
      line(facts, { x: place.x, y: height - 12.5, size: 11, colour: muted }),
    ];
  });
  const spans = spanPlaces(stage.spans, here, stage.width).flatMap((place, index) => {
    const span = stage.spans[index]?.span;
    if (!place || !span) return [];
    const y = 4 + SPAN * span.depth;
    const title = shortened(span.title, place.width, measure(12, 650));
    return [
      line(title, { x: place.x, y: y + 8, size: 12, weight: 650, colour: text }),
      tag("rect", { x: place.x, y: y + 16, width: place.width, height: 2, ...paint("fill", lineStrong) }),
    ];
  });
  const under = tag("rect", { x: 0, y: height - 1, width: stage.width, height: 1, ...paint("fill", edge) });
  return group({ "data-part": "heads" }, [under, ...spans, ...columns]);
}
