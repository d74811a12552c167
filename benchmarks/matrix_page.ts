// The page that benchmarks/matrix.py opens: one gallery state, with its data made before anything is drawn.

import { show } from "../web/gallery/state.ts";
import gallery from "../web/gallery/states/matrix-wide-all.ts";
import "../web/src/theme/base.css";
import { readyOf } from "../web/src/state/async.ts";
import { applyTheme, LIGHT } from "../web/src/theme/theme.ts";

applyTheme(document.documentElement, LIGHT);
const context = gallery.context(LIGHT);
const layer = gallery.state.matrix.layer;
const facts = readyOf(context.layers.get(layer))?.matrices ?? [];
const values = facts.map((fact) => readyOf(context.matrices.get(fact.address))?.length ?? 0);

/** Draw the state in an element of its own; resolves to the milliseconds until the frame with the matrix is done. */
function draw(): Promise<number> {
  document.body.replaceChildren();
  const place = document.createElement("div");
  place.style.cssText = `position: relative; width: ${gallery.size[0]}px; height: ${gallery.size[1]}px`;
  document.body.append(place);
  return new Promise((resolve) => {
    const watcher = new MutationObserver(() => {
      if (!place.querySelector("canvas[data-drawn]")) return;
      watcher.disconnect();
      // Drawn within a frame: the task after it begins when the frame is done.
      setTimeout(() => resolve(performance.now() - began));
    });
    watcher.observe(place, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-drawn"] });
    const began = performance.now();
    show(place, { ...gallery, context: () => context }, LIGHT);
  });
}

Object.assign(globalThis, { benchmark: { draw, values } });
