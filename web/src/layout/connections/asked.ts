import type { Scene } from "../../api/types.ts";
import { connectionsKey, pathKey } from "../../state/context.ts";
import type { ViewState } from "../../state/viewState.ts";
import { columnsOf } from "../columns.ts";

/** Layer ids of the columns that can be connected: all but the input. */
export function connectedColumns(scene: Scene, open: readonly string[]): string[] {
  return columnsOf(scene, open).columns.flatMap((column) => (column.layer === null ? [] : [column.layer]));
}

type Asker = Pick<ViewState, "open" | "links">;

/** What the picture's connections are asked for by; null when none are to be drawn. */
export function askedConnections(scene: Scene, user: Asker): string | null {
  const columns = connectedColumns(scene, user.open);
  const { mode, share } = user.links;
  return share === 0 || columns.length < 2 ? null : connectionsKey({ columns, mode, share });
}

/** What the way backwards is asked for by; null when none is shown. */
export function askedPath(scene: Scene, user: Asker): string | null {
  const { mode, trace } = user.links;
  if (trace === null) return null;
  return pathKey({ columns: connectedColumns(scene, user.open), mode, ...trace });
}
