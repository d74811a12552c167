import "../src/theme/base.css";
import { applyTheme, DARK, LIGHT } from "../src/theme/theme.ts";
import { type GalleryState, show } from "./state.ts";

// ?theme=dark and ?only=picture-whole choose what is shown, ?font=Georgia the letters.
const query = new URLSearchParams(location.search);
const theme = query.get("theme") === "dark" ? DARK : LIGHT;
const only = query.get("only");
const states = import.meta.glob<GalleryState>("./states/*.ts", { eager: true, import: "default" });

applyTheme(document.documentElement, theme);
// Before anything is shown: words are cut to what was measured.
const font = query.get("font");
if (font !== null) document.documentElement.style.setProperty("--font", font);
for (const [path, state] of Object.entries(states)) {
  const name = path.replace(/^.*\/|\.ts$/g, "");
  if (only !== null && only !== name) continue;
  const figure = document.createElement("figure");
  figure.id = name;
  const caption = document.createElement("figcaption");
  caption.textContent = `${name}: ${state.title}`;
  const place = document.createElement("div");
  place.className = "state";
  place.style.width = `${state.size[0]}px`;
  place.style.height = `${state.size[1]}px`;
  figure.append(caption, place);
  document.getElementById("gallery")?.append(figure);
  show(place, state, theme);
}
