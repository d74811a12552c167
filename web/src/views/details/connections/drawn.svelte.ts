import type { ConnectionScene } from "../../../api/types.ts";
import { askedConnections } from "../../../layout/connections/asked.ts";
import { type Item, itemsOf } from "../../../layout/connections/items.ts";
import { type Key, readKey } from "../../../layout/connections/keys.ts";
import { readyOf } from "../../../state/async.ts";
import type { RunContext } from "../../../state/context.ts";
import type { ViewState } from "../../../state/viewState.ts";

export interface Drawn {
  readonly scene: ConnectionScene | null;
  readonly items: readonly Item[];
  titleOf(key: Key): string;
}

/** The connections that the picture draws now. Call while a component is set up. */
export function drawn(context: () => RunContext, user: () => ViewState): Drawn {
  const key = $derived(askedConnections(context().scene, user()));
  const scene = $derived(key === null ? null : readyOf(context().connections.get(key)));
  const items = $derived(scene ? itemsOf(scene) : []);
  return {
    get scene() {
      return scene;
    },
    get items() {
      return items;
    },
    titleOf(at) {
      const { layer, cluster } = readKey(at);
      const found = readyOf(context().layers.get(layer))?.clusters.find((one) => one.id === cluster);
      return found?.title ?? cluster;
    },
  };
}
