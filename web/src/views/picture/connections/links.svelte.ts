import { onDestroy } from "svelte";
import type { ConnectionScene, LayerScene, PathScene } from "../../../api/types.ts";
import { answeringKeys, contrastKeys } from "../../../layout/connections/answering.ts";
import { askedPath, columnTitles, countedConnections } from "../../../layout/connections/asked.ts";
import { itemsOf } from "../../../layout/connections/items.ts";
import { type Key, keyOf } from "../../../layout/connections/keys.ts";
import { type Names, namesIn } from "../../../layout/connections/names.ts";
import { type LinkPicture, linkPicture } from "../../../layout/connections/picture.ts";
import { cardOpacity, type Focus, type Relevance, relevanceOf } from "../../../layout/connections/relevance.ts";
import { traceKeys } from "../../../layout/connections/trace.ts";
import { type Counts, countsOf } from "../../../layout/connections/words.ts";
import type { Stage } from "../../../layout/stage.ts";
import type { Box } from "../../../layout/viewport.ts";
import { type Async, readyOf } from "../../../state/async.ts";
import { imageSetKey, pairKey, type RunContext } from "../../../state/context.ts";
import { comesAfter, drawnBefore } from "../../../state/earlier.ts";
import { lasting } from "../../../state/lasting.svelte.ts";
import type { Links } from "../../../state/links.ts";
import type { Selection, ViewState } from "../../../state/viewState.ts";

export interface LinkBoardSource {
  run: () => RunContext;
  user: () => ViewState;
  stage: () => Stage;
  change: (part: { links: Links }) => void;
}

/** The connections that the picture shows, and what they mean for its cards. */
export interface LinkBoard {
  /** Null when none are asked for. */
  readonly asked: Async<ConnectionScene> | null;
  /** The latest that has come: older ones stay while others are on their way. */
  readonly scene: ConnectionScene | null;
  /** How many connections there are, drawn or not; null until that is known. */
  readonly total: number | null;
  readonly picture: LinkPicture;
  readonly relevance: Relevance | null;
  readonly path: PathScene | null;
  /** Clusters along the traced way, from its end backwards. */
  readonly traced: readonly Key[];
  /** Item under the pointer or with the focus. */
  hovered: string | null;
  /** The clusters of a layer from top to bottom. */
  arranged(scene: LayerScene): LayerScene;
  opacity(layer: string, cluster: string): number;
  opacityOfClass(layer: string, label: number): number;
  /** Whether a strand is not connected with what is selected, so that it cannot be pointed at. */
  far(strand: number): boolean;
  readonly names: Names;
  readonly counts: Counts | null;
  /** Where the stop of the traced way is that is looked at. */
  readonly stop: Box | null;
  /** Go along the traced way, if there is one. */
  step(direction: "left" | "right" | "up" | "down"): boolean;
}

const OWNER = "connections";
const NOTHING: LinkPicture = { items: [], strands: [], nodes: [], boxes: new Map(), lanes: new Map() };

function sorted(scene: LayerScene, order: readonly string[]): LayerScene {
  const rank = new Map(order.map((id, index) => [id, index]));
  const of = (id: string): number => rank.get(id) ?? order.length;
  return { ...scene, clusters: [...scene.clusters].sort((a, b) => of(a.id) - of(b.id)) };
}

/** Load connections and lay them out. Call while the picture is set up; ends with it. */
export function linkBoard(source: LinkBoardSource): LinkBoard {
  const run = $derived(source.run());
  // Parts of what the user did, so that panning asks for nothing and computes nothing.
  const open = $derived(source.user().open);
  const links = $derived(source.user().links);
  const selection = $derived(source.user().selection);
  const key = $derived(countedConnections(run.scene, { open, links }));
  const pathKey = $derived(askedPath(run.scene, { open, links }));
  const asked = $derived(key === null ? null : run.connections.get(key));
  const latest = lasting(
    () => asked,
    () => run.scene,
  );
  // None are drawn at a share of 0, but they are counted, and the cards keep their order.
  const hidden = $derived(links.share === 0);
  const scene = $derived(hidden ? null : latest.value);
  let orders: { run: RunContext["scene"]; of: Map<string, readonly string[]> } | null = null;
  const ordersNow = $derived.by(() => {
    if (orders?.run !== run.scene) orders = { run: run.scene, of: new Map() };
    const found = latest.value;
    if (found) {
      const of = new Map(orders.of);
      found.columns.forEach((layer, index) => {
        of.set(layer, found.orders[index] ?? []);
      });
      orders = { run: run.scene, of };
    }
    return orders.of;
  });
  const known = new WeakMap<LayerScene, { order: readonly string[]; scene: LayerScene }>();
  const arranged = (layer: LayerScene): LayerScene => {
    const order = ordersNow.get(layer.layer);
    if (!order) return layer;
    const before = known.get(layer);
    if (before && before.order.join("\n") === order.join("\n")) return before.scene;
    const made = sorted(layer, order);
    const earlier = drawnBefore(layer);
    if (earlier) comesAfter(made, earlier);
    known.set(layer, { order, scene: made });
    return made;
  };
  const layerOf = (id: string): LayerScene | null => readyOf(run.layers.get(id));
  const items = $derived(scene ? itemsOf(scene) : []);
  const picture = $derived(
    scene
      ? linkPicture({
          items,
          stage: source.stage(),
          columns: scene.columns,
          layer: layerOf,
          classes: run.scene.class_order,
        })
      : NOTHING,
  );
  const path = $derived(pathKey === null ? null : readyOf(run.paths.get(pathKey)));
  let hovered = $state<string | null>(null);

  const clusterOf = (layer: string, label: number): string | null =>
    layerOf(layer)?.clusters.find((cluster) => cluster.neurons.includes(label))?.id ?? null;
  const itemOf = (id: string | null): Focus | null => {
    const item = id === null ? -1 : picture.items.findIndex((one) => one.id === id);
    return item < 0 ? null : { kind: "item", item };
  };
  /** The clusters that the details name for a comparison, or for a set of images. */
  const answering = (): Focus | null => {
    const { pair, images } = source.user();
    const contrast = pair ? readyOf(run.contrasts.get(pairKey(pair))) : null;
    const set = !pair && images ? readyOf(run.imageSets.get(imageSetKey(images))) : null;
    const keys = contrast ? contrastKeys(contrast) : set ? answeringKeys(set) : [];
    return keys.length > 0 ? { kind: "answers", keys } : null;
  };
  /** Whether it is the class that a comparison was begun from, which is of less interest than what differs. */
  const isCompared = ({ layer, cluster, neuron }: Selection): boolean => {
    const output = run.scene.groups.some((group) => group.output && group.layer === layer);
    return source.user().pair !== null && output && cluster === null && neuron !== null;
  };
  const settled = $derived.by((): Focus | null => {
    const item = itemOf(links.item);
    if (item) return item;
    if (path) return { kind: "path", keys: traced };
    if (!selection || isCompared(selection)) return answering();
    const cluster =
      selection.cluster ?? (selection.neuron === null ? null : clusterOf(selection.layer, selection.neuron));
    return cluster === null ? null : { kind: "clusters", keys: [keyOf(selection.layer, cluster)] };
  });
  const relevant = (focus: Focus | null): Relevance | null =>
    picture.strands.length > 0 || path || focus?.kind === "answers" ? relevanceOf(picture, focus) : null;
  const calm = $derived(relevant(settled));
  // What is pointed at comes before what is selected.
  const pointed = $derived(itemOf(hovered));
  const relevance = $derived(pointed ? relevant(pointed) : calm);

  const titles = $derived(columnTitles(run.scene, open));
  const names = $derived(
    namesIn({
      columns: scene?.columns ?? [],
      titles,
      layer: layerOf,
      order: (id) => ordersNow.get(id) ?? [],
    }),
  );
  const counts = $derived(
    scene ? countsOf(scene, picture.items, scene.columns.filter((id) => layerOf(id) !== null).length) : null,
  );

  const inner = $derived(scene ? scene.columns.join("\n") : "");
  // When the picture goes, its source may be gone already.
  let held: RunContext | null = null;
  $effect(() => {
    held = run;
    held.connections.want(OWNER, key === null ? [] : [key]);
  });
  $effect(() => run.paths.want(OWNER, pathKey === null ? [] : [pathKey]));
  // Curves need the clusters of all columns, those far from the screen and those drawn as classes included.
  $effect(() => run.layers.want(OWNER, inner === "" ? [] : inner.split("\n")));
  onDestroy(() => {
    if (held) for (const shelf of [held.connections, held.paths, held.layers]) shelf.want(OWNER, []);
  });

  // The way from a class ends at the cluster of classes that it belongs to.
  const traced = $derived.by((): Key[] => {
    if (!path) return [];
    const { layer = "", label = null } = links.trace ?? {};
    const end = label === null ? null : clusterOf(layer, label);
    return [...(end === null ? [] : [keyOf(layer, end)]), ...traceKeys(path)];
  });
  const stopIndex = $derived(Math.min(links.trace?.stop ?? 0, (path?.stops.length ?? 1) - 1));
  const stop = $derived.by((): Box | null => {
    const box = path && links.trace ? picture.boxes.get(traceKeys(path)[stopIndex] ?? "") : undefined;
    return box ? { x: box.left, y: box.top, width: box.right - box.left, height: box.bottom - box.top } : null;
  });

  function step(direction: "left" | "right" | "up" | "down"): boolean {
    if (!path || !links.trace || direction === "up" || direction === "down") return false;
    // The way is read backwards: its next stop stands to the left.
    const next = stopIndex + (direction === "left" ? 1 : -1);
    if (next >= 0 && next < path.stops.length)
      source.change({ links: { ...links, trace: { ...links.trace, stop: next } } });
    return true;
  }

  return {
    get asked() {
      return hidden ? null : asked;
    },
    get total() {
      return latest.value?.total ?? null;
    },
    get scene() {
      return scene;
    },
    get picture() {
      return picture;
    },
    get relevance() {
      return relevance;
    },
    get path() {
      return path;
    },
    get traced() {
      return traced;
    },
    get hovered() {
      return hovered;
    },
    set hovered(next) {
      hovered = next;
    },
    arranged,
    get stop() {
      return stop;
    },
    step,
    opacity: (layer, cluster) => (relevance ? cardOpacity(relevance.clusters.get(keyOf(layer, cluster))) : 1),
    opacityOfClass: (layer, label) => {
      const cluster = relevance ? clusterOf(layer, label) : null;
      return cluster === null ? 1 : cardOpacity(relevance?.clusters.get(keyOf(layer, cluster)));
    },
    far: (strand) => (calm?.strands[strand] ?? 0) === Number.POSITIVE_INFINITY,
    get names() {
      return names;
    },
    get counts() {
      return counts;
    },
  };
}
