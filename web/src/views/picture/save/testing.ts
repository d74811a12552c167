import { vi } from "vitest";
import type { ConnectionScene, LayerScene, Scene } from "../../../api/types.ts";
import { columnsOf } from "../../../layout/columns.ts";
import { itemsOf } from "../../../layout/connections/items.ts";
import { type LinkPicture, linkPicture } from "../../../layout/connections/picture.ts";
import { type Focus, relevanceOf } from "../../../layout/connections/relevance.ts";
import { columnLevels } from "../../../layout/matrix/columns.ts";
import { presentOrder } from "../../../layout/profile.ts";
import { stageLayout } from "../../../layout/stage.ts";
import { readyOf } from "../../../state/async.ts";
import type { RunContext } from "../../../state/context.ts";
import { START, type ViewState } from "../../../state/viewState.ts";
import { LIGHT } from "../../../theme/theme.ts";
import type { LinkBoard } from "../connections/links.svelte.ts";
import type { SaveSource } from "./collect.ts";
import type { Paper } from "./paper.ts";

/** An invented run: what of it a picture needs. */
interface Invented {
  scene: Scene;
  layer(id: string): LayerScene;
  matrix(layer: string, facet: "activations" | "contributions"): Float32Array;
  connections(query: { columns: readonly string[]; mode: null; share: number }): ConnectionScene;
}

/** Letters of the tests: 0.6 of their size wide. */
export const PAPER: Paper = { theme: LIGHT, measure: (size) => (text) => 0.6 * size * text.length };

/** Stand-ins for what only a browser has: letters of the tests, and canvases that draw nothing. */
export function withoutBrowser(): void {
  let size = 10;
  const context = {
    canvas: { width: 1, height: 1 },
    set font(font: string) {
      size = Number(/([\d.]+)px/.exec(font)?.[1]);
    },
    measureText: (text: string) => ({ width: 0.6 * size * text.length }),
    drawImage: () => {},
    putImageData: () => {},
  };
  const canvas = { getContext: () => context, toDataURL: () => "data:image/png;base64,AAAA" };
  vi.stubGlobal("getComputedStyle", () => ({ getPropertyValue: () => '"Test Sans", sans-serif' }));
  vi.stubGlobal("document", { documentElement: {}, createElement: () => ({ ...canvas }) });
  vi.stubGlobal(
    "OffscreenCanvas",
    class {
      getContext = canvas.getContext;
    },
  );
  vi.stubGlobal("ImageData", class {});
}

const shelf = <T>(find: (key: string) => T): never =>
  ({ get: (key: string) => ({ status: "ready", value: find(key) }), want: () => {} }) as never;

/** An invented run as its picture sees it, everything loaded. */
export function sourceOf(run: Invented, part: Partial<ViewState> = {}, focus: Focus | null = null): SaveSource {
  const user = { ...START, ...part };
  const layers = new Map<string, LayerScene>();
  const layer = (id: string) => {
    const scene = layers.get(id) ?? run.layer(id);
    layers.set(id, scene);
    return scene;
  };
  const layerIn = (address: string): string => new URLSearchParams(address.split("?")[1]).get("layer") ?? "";
  const context = {
    scene: run.scene,
    theme: LIGHT,
    layers: shelf(layer),
    atlases: shelf(() => ({ width: 100, height: 100 })),
    pictures: shelf(() => ({ width: 32, height: 32 })),
    matrices: shelf((address) =>
      run.matrix(layerIn(address), address.endsWith("contributions") ? "contributions" : "activations"),
    ),
    orders: shelf(() => [...run.scene.class_order].reverse()),
  } as unknown as RunContext;
  const stage = stageLayout({
    ...columnsOf(run.scene, user.open),
    layer: (id) => readyOf(context.layers.get(id)),
    examples: run.scene.examples.length,
    size: { width: 1100, height: 700 },
    importance: user.importance,
  });
  const columns = stage.columns.flatMap(({ column }) => column.layer ?? []);
  const scene = run.connections({ columns, mode: null, share: 0.8 });
  const picture: LinkPicture = linkPicture({
    items: itemsOf(scene),
    stage,
    columns: scene.columns,
    layer,
    classes: run.scene.class_order,
  });
  const links: Partial<LinkBoard> = {
    asked: null,
    scene,
    picture,
    relevance: relevanceOf(picture, focus),
    path: null,
    traced: [],
    stop: null,
    arranged: (one) => one,
    opacity: () => 1,
    opacityOfClass: () => 1,
  };
  return {
    run: context,
    user,
    stage,
    links: links as LinkBoard,
    levels: columnLevels(run.scene, user.classes),
    order: presentOrder(run.scene),
    stateOf: () => null,
  };
}
