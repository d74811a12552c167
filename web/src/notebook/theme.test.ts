import { describe, expect, it } from "vitest";
import { isDark } from "./theme.ts";

const page = (dataset: Record<string, string>, theme: string | null = null): Document =>
  ({ body: { dataset }, documentElement: { getAttribute: () => theme } }) as unknown as Document;

describe("isDark", () => {
  it.each([
    ["JupyterLab", page({ jpThemeLight: "false" }), true],
    ["JupyterLab", page({ jpThemeLight: "true" }), false],
    ["VS Code", page({ vscodeThemeKind: "vscode-dark" }), true],
    ["VS Code", page({ vscodeThemeKind: "vscode-high-contrast" }), true],
    ["VS Code", page({ vscodeThemeKind: "vscode-high-contrast-light" }), false],
    ["marimo", page({ theme: "dark" }), true],
    ["Colab", page({}, "dark"), true],
    ["another", page({}), null],
  ])("knows what %s says", (_, document, dark) => expect(isDark(document)).toBe(dark));
});
