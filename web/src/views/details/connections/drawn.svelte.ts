import type { ConnectionScene } from "../../../api/types.ts";
import { askedConnections, columnTitles } from "../../../layout/connections/asked.ts";
import { type Item, itemsOf } from "../../../layout/connections/items.ts";
import { type Key, readKey } from "../../../layout/connections/keys.ts";
import { type Named, namedClusters, nameOf } from "../../../layout/connections/names.ts";
import type { Names } from "../../../layout/connections/words.ts";
import { readyOf } from "../../../state/async.ts";
import type { RunContext } from "../../../state/context.ts";
import type { ViewState } from "../../../state/viewState.ts";

export interface Drawn {
  readonly scene: ConnectionScene | null;
  readonly items: readonly Item[];
  readonly names: Names;
  /** What columns are called, by layer id. */
  readonly titles: ReadonlyMap<string, string>;
  nameOf(key: Key): string;
}

/** The connections that the picture draws now. Call while a component is set up. */
export function drawn(context: () => RunContext, user: () => ViewState): Drawn {
  const key = $derived(askedConnections(context().scene, user()));
  const scene = $derived(key === null ? null : readyOf(context().connections.get(key)));
  const items = $derived(scene ? itemsOf(scene) : []);
  const titles = $derived(columnTitles(context().scene, user().open));
  const named = $derived(
    new Map(
      (scene?.columns ?? []).flatMap((id, index) => {
        const layer = readyOf(context().layers.get(id));
        return layer ? [[id, namedClusters(layer, scene?.orders[index] ?? [])]] : [];
      }),
    ),
  );
  const cluster = (at: Key): Named => {
    const { layer, cluster: id } = readKey(at);
    const found = readyOf(context().layers.get(layer))?.clusters.find((one) => one.id === id);
    return named.get(layer)?.get(id) ?? { title: found?.title ?? id, place: null };
  };
  const names: Names = { cluster, column: (index) => titles.get(scene?.columns[index] ?? "") ?? "" };
  return {
    get scene() {
      return scene;
    },
    get items() {
      return items;
    },
    get titles() {
      return titles;
    },
    names,
    nameOf: (at) => nameOf(cluster(at)),
  };
}
