import type { ConnectionScene } from "../../../api/types.ts";
import { askedConnections, columnTitles } from "../../../layout/connections/asked.ts";
import { type Item, itemsOf } from "../../../layout/connections/items.ts";
import type { Key } from "../../../layout/connections/keys.ts";
import { type Names, nameOf, namesIn } from "../../../layout/connections/names.ts";
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
  const names = $derived(
    namesIn({
      columns: scene?.columns ?? [],
      titles,
      layer: (id) => readyOf(context().layers.get(id)),
      order: (id) => scene?.orders[scene.columns.indexOf(id)] ?? [],
    }),
  );
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
    get names() {
      return names;
    },
    nameOf: (at) => nameOf(names.cluster(at)),
  };
}
