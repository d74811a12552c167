import type { Scene } from "../../api/types.ts";
import { connectionsKey, pathKey } from "../../state/context.ts";
import type { ViewState } from "../../state/viewState.ts";
import { columnsOf } from "../columns.ts";

/** Layer ids of the columns that can be connected: all but the input. */
export function connectedColumns(scene: Scene, open: readonly string[]): string[] {
  return columnsOf(scene, open).columns.flatMap((column) => (column.layer === null ? [] : [column.layer]));
}

/** What the columns are called, by layer id: layers of an opened block by their whole name, which is one of its own. */
export function columnTitles(scene: Scene, open: readonly string[]): Map<string, string> {
  const titles = new Map(scene.layers.map(({ id, title }) => [id, title]));
  for (const { key, layer, title } of columnsOf(scene, open).columns)
    if (layer !== null && !key.startsWith("layer:")) titles.set(layer, title);
  return titles;
}

type Asker = Pick<ViewState, "open" | "links">;

/** What the picture's connections are asked for by; null when none are to be drawn, or the run has none. */
export function askedConnections(scene: Scene, user: Asker): string | null {
  const columns = connectedColumns(scene, user.open);
  const { mode, share, all } = user.links;
  return !scene.connected || share === 0 || columns.length < 2 ? null : connectionsKey({ columns, mode, share, all });
}

/** The least that is asked for: hidden connections are counted too. */
const LEAST = 0.05;

/** The same, and what tells how many there are where none are to be drawn. */
export function countedConnections(scene: Scene, user: Asker): string | null {
  const { links } = user;
  return askedConnections(scene, links.share === 0 ? { ...user, links: { ...links, share: LEAST } } : user);
}

/** What the way backwards is asked for by; null when none is shown, or the run has no connections. */
export function askedPath(scene: Scene, user: Asker): string | null {
  const { mode, trace } = user.links;
  if (!scene.connected || trace === null) return null;
  return pathKey({ columns: connectedColumns(scene, user.open), mode, ...trace });
}
