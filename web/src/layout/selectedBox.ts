import type { Links } from "../state/links.ts";
import type { Selection } from "../state/viewState.ts";
import { type LinkPicture, NODE } from "./connections/picture.ts";
import type { Stage } from "./stage.ts";
import type { Box } from "./viewport.ts";

interface Looked {
  selection: Selection | null;
  links: Pick<Links, "item">;
}

function itemBox({ items, nodes, boxes }: Pick<LinkPicture, "items" | "nodes" | "boxes">, id: string): Box | null {
  const index = items.findIndex((one) => one.id === id);
  const node = nodes.find((one) => one.item === index);
  if (node) return { x: node.x - NODE / 2, y: node.y - node.size / 2, width: NODE, height: node.size };
  const end = boxes.get(items[index]?.targets[0]?.key ?? "");
  return end ? { x: end.left, y: end.top, width: end.right - end.left, height: end.bottom - end.top } : null;
}

/** Where in the picture is what is looked at: a connection, a card, or a column; null where it is not there (yet). */
export function selectedBox(
  stage: Stage,
  picture: Pick<LinkPicture, "items" | "nodes" | "boxes">,
  { selection, links }: Looked,
): Box | null {
  if (links.item !== null) return itemBox(picture, links.item);
  const placed = stage.columns.find(({ column }) => column.layer !== null && column.layer === selection?.layer);
  if (!selection || !placed || placed.pending) return null;
  const card = placed.cards.find((one) => one.id === selection.cluster);
  if (card) return { x: placed.x, y: card.y, width: placed.width, height: card.height };
  return { x: placed.x, y: placed.y, width: placed.width, height: placed.height };
}
