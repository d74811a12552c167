import { type Choice, type Theme, themeOf } from "./theme.ts";

const KEY = "cnnvis-theme";

/** Frames without an origin of their own have no storage, and say so when it is named. */
function storage(): Storage | null {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}

function stored(): Choice {
  const value = storage()?.getItem(KEY);
  return value === "light" || value === "dark" ? value : "auto";
}

/** The user's choice of theme, kept in the browser; `auto` follows the system while it changes. */
export class ThemeChoice {
  choice = $state<Choice>(stored());
  #systemDark = $state(false);
  #around = $state<boolean | null>(null);

  constructor(signal: AbortSignal) {
    const query = globalThis.matchMedia("(prefers-color-scheme: dark)");
    this.#systemDark = query.matches;
    query.addEventListener("change", (event) => (this.#systemDark = event.matches), { signal });
  }

  get theme(): Theme {
    return themeOf(this.choice, this.#around ?? this.#systemDark);
  }

  /** Follow what the page is shown in, rather than the system; null: it does not say whether it is dark. */
  surround(dark: boolean | null): void {
    this.#around = dark;
  }

  choose(choice: Choice): void {
    this.choice = choice;
    if (choice === "auto") storage()?.removeItem(KEY);
    else storage()?.setItem(KEY, choice);
  }
}
