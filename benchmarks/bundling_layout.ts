// Lays out connections as the page does: reads pictures as JSON from the standard input and writes the curves' points.

import type { ConnectionScene, LayerScene, Scene } from "../web/src/api/types.ts";
import { columnsOf } from "../web/src/layout/columns.ts";
import { itemsOf } from "../web/src/layout/connections/items.ts";
import { readKey } from "../web/src/layout/connections/keys.ts";
import { linkPicture } from "../web/src/layout/connections/picture.ts";
import { type Stage, stageLayout } from "../web/src/layout/stage.ts";

/** The picture's part of a screen of 1440 × 900. */
const SIZE = { width: 1120, height: 856 };
const REPEATS = 5;

/** A run's own scene and layers; or so many cards of equal height in each of some columns. */
interface Picture {
  scene: Scene | null;
  layers: LayerScene[];
  drawings: Record<string, ConnectionScene>;
}

const column = (key: string, x: number, cards: Stage["columns"][number]["cards"]): Stage["columns"][number] => ({
  column: { key, kind: "clusters", title: key, detail: "", layer: key, neurons: 0, group: key, opens: null },
  x,
  y: 80,
  width: 160,
  height: 640,
  cards,
  pending: false,
});

/** Columns 100 apart of cards that fill 640 together. */
function plainStage(orders: readonly (readonly string[])[], names: readonly string[]): Stage {
  const columns = orders.map((ids, index) => {
    const room = 640 / ids.length;
    const cards = ids.map((id, place) => ({
      id,
      y: 80 + place * room,
      height: 0.9 * room,
      form: "tall" as const,
      lines: 1 as const,
      tiles: { width: 0, height: 0 },
    }));
    return column(names[index] ?? "", 260 * index, cards);
  });
  return { columns, spans: [], width: 260 * orders.length, height: 800, top: 80, label: 1 };
}

function arranged(layer: LayerScene, order: readonly string[]): LayerScene {
  const clusters = order.flatMap((id) => layer.clusters.find((cluster) => cluster.id === id) ?? []);
  return { ...layer, clusters };
}

function layOut(
  picture: Picture,
  drawing: ConnectionScene,
): { stage: Stage; layer: (id: string) => LayerScene | null } {
  const { scene } = picture;
  const orders = new Map(drawing.columns.map((id, index) => [id, drawing.orders[index] ?? []]));
  const layers = new Map(picture.layers.map((one) => [one.layer, arranged(one, orders.get(one.layer) ?? [])]));
  const layer = (id: string): LayerScene | null => layers.get(id) ?? null;
  if (scene === null) {
    const plain = (id: string): LayerScene =>
      ({
        layer: id,
        clusters: (orders.get(id) ?? []).map((one) => ({ id: one, neurons: [] })),
      }) as unknown as LayerScene;
    return { stage: plainStage(drawing.orders, drawing.columns), layer: plain };
  }
  const examples = scene.examples.length;
  const stage = stageLayout({ ...columnsOf(scene, []), layer, examples, size: SIZE, importance: "activation" });
  return { stage, layer };
}

const chunks: Buffer[] = [];
for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
const pictures = JSON.parse(Buffer.concat(chunks).toString()) as Picture[];
const answers = pictures.map((picture) =>
  Object.fromEntries(
    Object.entries(picture.drawings).map(([name, drawing]) => {
      const { stage, layer } = layOut(picture, drawing);
      const source = {
        items: itemsOf(drawing),
        stage,
        columns: drawing.columns,
        layer,
        classes: picture.scene?.class_order ?? [],
      };
      const times = Array.from({ length: REPEATS }, () => {
        const begin = performance.now();
        linkPicture(source);
        return performance.now() - begin;
      });
      const { strands, boxes } = linkPicture(source);
      return [
        name,
        {
          strands: strands.map(({ points }) => points),
          boxes: [...boxes].map(([key, box]) => ({ ...readKey(key), ...box })),
          milliseconds: Math.min(...times),
        },
      ];
    }),
  ),
);
process.stdout.write(JSON.stringify(answers));
