/** An element of a document read strictly: what a reader of XML would refuse throws here. */
export interface Node {
  name: string;
  attributes: Readonly<Record<string, string>>;
  inside: (Node | string)[];
}

const ENTITY: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function plain(text: string): string {
  if (/[<]|&(?!(?:amp|lt|gt|quot|apos);)/.test(text)) throw new Error(`not escaped: ${text.slice(0, 60)}`);
  return text.replace(/&(\w+);/g, (_, name: string) => ENTITY[name] ?? "");
}

function attributesOf(text: string): Record<string, string> {
  const out: Record<string, string> = {};
  const rest = text.replace(/\s+([\w:-]+)="([^"]*)"/g, (_, name: string, value: string) => {
    if (name in out) throw new Error(`twice: ${name}`);
    out[name] = plain(value);
    return "";
  });
  if (rest.trim() !== "") throw new Error(`no attributes: ${rest}`);
  return out;
}

/** Read one element with all that is in it. */
export function readXml(text: string): Node {
  const top: Node = { name: "", attributes: {}, inside: [] };
  const open = [top];
  const pattern = /<\?xml[^>]*\?>|<(\/?)([\w:-]+)((?:\s+[\w:-]+="[^"]*")*)\s*(\/?)>|([^<]+)|(<)/g;
  for (const [, close, name, attributes = "", empty, words, bad] of text.matchAll(pattern)) {
    const here = open.at(-1) as Node;
    if (bad) throw new Error("a < that begins nothing");
    if (words !== undefined) here.inside.push(plain(words));
    else if (close) {
      if (open.pop()?.name !== name) throw new Error(`closes what is not open: ${name}`);
    } else if (name !== undefined) {
      const node = { name, attributes: attributesOf(attributes), inside: [] };
      here.inside.push(node);
      if (!empty) open.push(node);
    }
  }
  const elements = top.inside.filter((one) => typeof one !== "string");
  if (open.length !== 1 || elements.length !== 1) throw new Error("not one element");
  return elements[0] as Node;
}

/** All elements of a name, in their order. */
export function all(node: Node, name: string): Node[] {
  const own = node.name === name ? [node] : [];
  return [...own, ...node.inside.flatMap((one) => (typeof one === "string" ? [] : all(one, name)))];
}

export const wordsOf = (node: Node): string =>
  node.inside.map((one) => (typeof one === "string" ? one : wordsOf(one))).join("");

export interface Edges {
  node: Node;
  left: number;
  top: number;
  right: number;
  bottom: number;
}

const number = (node: Node, name: string): number => Number(node.attributes[name] ?? 0);

function ofText(node: Node): Omit<Edges, "node"> {
  const size = number(node, "font-size");
  const length = 0.6 * size * wordsOf(node).length;
  const [x, y] = [number(node, "x"), number(node, "y")];
  const before = { end: length, middle: length / 2 }[node.attributes["text-anchor"] ?? ""] ?? 0;
  if (!node.attributes.transform)
    return { left: x - before, right: x - before + length, top: y - size, bottom: y + 0.3 * size };
  // Turned to run upwards.
  return { left: x - size / 2, right: x + size / 2, top: y - length + before, bottom: y + before };
}

/** Where rectangles, images and texts of the tests' letters (0.6 of their size wide) lie in the document. */
export function edgesOf(node: Node, [dx, dy]: readonly [number, number] = [0, 0]): Edges[] {
  const moved = /translate\(([-\d.]+) ([-\d.]+)\)/.exec(node.attributes.transform ?? "");
  const at = moved ? ([dx + Number(moved[1]), dy + Number(moved[2])] as const) : ([dx, dy] as const);
  if (node.name === "text") {
    const { left, top, right, bottom } = ofText(node);
    return [{ node, left: left + at[0], top: top + at[1], right: right + at[0], bottom: bottom + at[1] }];
  }
  const inside = node.inside.flatMap((one) => (typeof one === "string" ? [] : edgesOf(one, at)));
  if (node.name !== "rect" && node.name !== "image") return inside;
  const [left, top] = [number(node, "x") + at[0], number(node, "y") + at[1]];
  return [{ node, left, top, right: left + number(node, "width"), bottom: top + number(node, "height") }];
}

/** Points of paths of absolute lines and curves. */
export const pointsOf = (d: string): [number, number][] =>
  [...d.matchAll(/(-?[\d.]+) (-?[\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
