/** Colours by meaning. Every colour of the page is one of these. */
export interface Theme {
  readonly name: "light" | "dark";
  readonly colour: {
    /** Behind the columns. */
    readonly stage: string;
    /** Panels and cards. */
    readonly surface: string;
    /** Something under the pointer. */
    readonly hover: string;
    readonly line: string;
    readonly lineStrong: string;
    readonly text: string;
    readonly muted: string;
    /** Marks that carry no text. */
    readonly faint: string;
    readonly accent: string;
    readonly onAccent: string;
    readonly accentSoft: string;
    /** More than usual; excites. */
    readonly positive: string;
    /** Less than usual; inhibits. */
    readonly negative: string;
    readonly warning: string;
    readonly warningSoft: string;
    readonly error: string;
    readonly errorSoft: string;
    readonly shadow: string;
    /** The receptive field over a photograph, and the line that sets it off. */
    readonly field: string;
    readonly fieldEdge: string;
    /** Where a neuron is active, over a photograph without colour. */
    readonly heat: string;
    readonly veil: string;
    /** Around patches, which may be as light or dark as the card. */
    readonly edge: string;
    /** Lines over steps: training, validation, test, and what else there is. */
    readonly curve1: string;
    readonly curve2: string;
    readonly curve3: string;
    readonly curve4: string;
    /** Where values of healthy trainings lie. */
    readonly healthy: string;
  };
}

export const LIGHT: Theme = {
  name: "light",
  colour: {
    stage: "#f6f7f7",
    surface: "#ffffff",
    hover: "#eef2f3",
    line: "#e1e5e8",
    lineStrong: "#c5ccd1",
    text: "#182025",
    muted: "#55626b",
    faint: "#a9b4bb",
    accent: "#0b7285",
    onAccent: "#ffffff",
    accentSoft: "#e0f1f4",
    positive: "#12839a",
    negative: "#cf5a3f",
    warning: "#8a5a00",
    warningSoft: "#fdf1d8",
    error: "#b02a1f",
    errorSoft: "#fdeae7",
    shadow: "#1820251f",
    field: "#ffe14d",
    fieldEdge: "#1a1a1acc",
    heat: "#ff5a1f",
    veil: "#0d111473",
    edge: "#0000001f",
    curve1: "#0b7285",
    curve2: "#c2410c",
    curve3: "#6741b8",
    curve4: "#5f6b1a",
    healthy: "#2b8a3e1f",
  },
};

export const DARK: Theme = {
  name: "dark",
  colour: {
    stage: "#13171a",
    surface: "#1b2024",
    hover: "#252c31",
    line: "#2b3338",
    lineStrong: "#46525a",
    text: "#e8edf0",
    muted: "#9fadb6",
    faint: "#5c6a73",
    accent: "#66d9e8",
    onAccent: "#06262c",
    accentSoft: "#17363c",
    positive: "#4dbfd1",
    negative: "#f0906f",
    warning: "#f4c152",
    warningSoft: "#372c12",
    error: "#ff8f80",
    errorSoft: "#3a1d1a",
    shadow: "#00000066",
    field: "#ffe14d",
    fieldEdge: "#101010cc",
    heat: "#ff5a1f",
    veil: "#05080ab3",
    edge: "#ffffff26",
    curve1: "#66d9e8",
    curve2: "#ffa94d",
    curve3: "#b8a1fb",
    curve4: "#c5cf5a",
    healthy: "#69db7c24",
  },
};

export type Choice = "auto" | "light" | "dark";

export const themeOf = (choice: Choice, systemDark: boolean): Theme =>
  (choice === "auto" ? systemDark : choice === "dark") ? DARK : LIGHT;

/** Give an element the theme's colours as custom properties: `accentSoft` becomes `--accent-soft`. */
export function applyTheme(element: HTMLElement, theme: Theme): void {
  for (const [name, value] of Object.entries(theme.colour)) {
    element.style.setProperty(`--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`, value);
  }
  element.style.setProperty("color-scheme", theme.name);
  element.dataset.theme = theme.name;
}
