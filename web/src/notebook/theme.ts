/** Whether the notebook is dark; null: it does not say, and the system's choice holds. */
export function isDark({ body, documentElement }: Document): boolean | null {
  const said = [
    // JupyterLab and Notebook
    body.dataset.jpThemeLight && { true: "light", false: "dark" }[body.dataset.jpThemeLight],
    // VS Code
    body.dataset.vscodeThemeKind,
    // marimo
    body.dataset.theme,
    // Colab
    documentElement.getAttribute("theme"),
  ].find(Boolean);
  if (!said) return null;
  return /dark|^vscode-high-contrast$/.test(said);
}

/** Call back with every change until the signal ends. */
export function followTheme(page: Document, changed: (dark: boolean | null) => void, signal: AbortSignal): void {
  let last = isDark(page);
  const observer = new MutationObserver(() => {
    const now = isDark(page);
    if (now !== last) changed(now);
    last = now;
  });
  const attributeFilter = ["data-jp-theme-light", "data-vscode-theme-kind", "data-theme", "theme"];
  for (const element of [page.body, page.documentElement]) observer.observe(element, { attributeFilter });
  signal.addEventListener("abort", () => observer.disconnect(), { once: true });
}
