/** A piece of an SVG document that is well-formed by itself. */
export type Markup = string;

type Attribute = string | number | null | undefined;

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};
/** What XML 1.0 has no way to write: control characters, halves of surrogate pairs and two that are no characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that must go
const UNWRITABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu;

/** A text as it stands between tags or in an attribute. */
export const escaped = (text: string): string =>
  text.replace(UNWRITABLE, "\ufffd").replace(/[&<>"']/g, (letter) => ENTITIES[letter] ?? letter);

/** A length to a hundredth of a pixel, which no screen and no printer tells from the whole. */
export const short = (value: number): string => String(Math.round(value * 100) / 100);

/** An element; attributes that are null or undefined are left out. What is inside must be markup or `escaped`. */
export function tag(name: string, attributes: Readonly<Record<string, Attribute>>, ...inside: Markup[]): Markup {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === "number" ? short(value) : escaped(String(value))}"`)
    .join("");
  const content = inside.join("");
  return content === "" ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`;
}

/** A colour of the theme for a fill or a stroke: its transparency apart, since not every program reads it in the colour. */
export function paint(what: "fill" | "stroke", colour: string): Record<string, string | number> {
  const [, solid = colour, alpha] = /^(#[0-9a-f]{6})([0-9a-f]{2})$/i.exec(colour) ?? [];
  return alpha === undefined
    ? { [what]: solid }
    : { [what]: solid, [`${what}-opacity`]: Number.parseInt(alpha, 16) / 255 };
}

/** Several in one group; nothing when there is nothing in it. */
export const group = (attributes: Readonly<Record<string, Attribute>>, inside: readonly Markup[]): Markup =>
  inside.some((one) => one !== "") ? tag("g", attributes, ...inside) : "";

export interface Words {
  x: number;
  /** Of the line's middle. */
  y: number;
  size: number;
  colour: string;
  weight?: number;
  anchor?: "start" | "middle" | "end";
  /** Degrees around the place, clockwise. */
  turned?: number;
  /** A line of this colour around the letters. */
  halo?: string;
}

/** From the middle of a line of letters down to their feet, as a share of their size: the same in every program. */
const FEET = 0.35;

/** A line of text; nothing for no text. */
export function line(text: string, { x, y, size, colour, weight, anchor, turned, halo }: Words): Markup {
  if (text === "") return "";
  const attributes = {
    x,
    y: turned ? y : y + FEET * size,
    dy: turned ? FEET * size : null,
    "font-size": size,
    "font-weight": weight,
    "text-anchor": anchor === "start" ? null : anchor,
    transform: turned ? `rotate(${short(turned)} ${short(x)} ${short(y)})` : null,
  };
  const letters = tag("text", { ...attributes, ...paint("fill", colour) }, escaped(text));
  if (!halo) return letters;
  // The line first, as an element of its own: not every program can paint it below the letters.
  const around = { ...paint("fill", halo), ...paint("stroke", halo), "stroke-width": 3, "stroke-linejoin": "round" };
  return tag("text", { ...attributes, ...around, "aria-hidden": "true" }, escaped(text)) + letters;
}
