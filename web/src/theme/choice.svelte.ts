import { type Choice, type Theme, themeOf } from "./theme.ts";

const KEY = "cnnvis-theme";

function stored(): Choice {
  const value = globalThis.localStorage?.getItem(KEY);
  return value === "light" || value === "dark" ? value : "auto";
}

/** The user's choice of theme, kept in the browser; `auto` follows the system while it changes. */
export class ThemeChoice {
  choice = $state<Choice>(stored());
  #systemDark = $state(false);

  constructor(signal: AbortSignal) {
    const query = globalThis.matchMedia("(prefers-color-scheme: dark)");
    this.#systemDark = query.matches;
    query.addEventListener("change", (event) => (this.#systemDark = event.matches), { signal });
  }

  get theme(): Theme {
    return themeOf(this.choice, this.#systemDark);
  }

  choose(choice: Choice): void {
    this.choice = choice;
    if (choice === "auto") globalThis.localStorage?.removeItem(KEY);
    else globalThis.localStorage?.setItem(KEY, choice);
  }
}
