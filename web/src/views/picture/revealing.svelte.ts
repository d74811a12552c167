import { untrack } from "svelte";
import type { LinkPicture } from "../../layout/connections/picture.ts";
import { selectedBox } from "../../layout/selectedBox.ts";
import type { Stage } from "../../layout/stage.ts";
import { seen } from "../../layout/viewport.ts";
import type { Size } from "../../state/context.ts";
import type { ViewState } from "../../state/viewState.ts";
import type { Camera } from "./camera.svelte.ts";

export interface RevealSource {
  view: Camera;
  size: () => Size;
  stage: () => Stage;
  links: () => LinkPicture;
  user: () => ViewState;
}

/**
 * Bring what is chosen onto the screen when it was chosen elsewhere: by search, by a fact, in the details, in the tour.
 *
 * What is seen in part was chosen where it stands, and stays; the tour shows all of it. A link that says where to look is
 * taken at its word. Call while the picture is set up.
 */
export function revealing(source: RevealSource): void {
  const { selection, links, tour } = $derived(source.user());
  const name = $derived(JSON.stringify([selection?.layer, selection?.cluster, links.item, tour]));
  const box = $derived(selectedBox(source.stage(), source.links(), { selection, links }));
  let shown = untrack(() => (source.user().zoom === null ? null : name));
  $effect(() => {
    if (name === shown || !box) return;
    shown = name;
    untrack(() => {
      const { left, top, right, bottom } = seen(source.view.viewport, source.size());
      const [west, north, east, south] = [box.x, box.y, box.x + box.width, box.y + box.height];
      const apart = east < left || west > right || south < top || north > bottom;
      const whole = west >= left && east <= right && north >= top && south <= bottom;
      if (tour === null ? apart : !whole) source.view.show(box);
    });
  });
}
