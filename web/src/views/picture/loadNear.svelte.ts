import { onDestroy } from "svelte";
import type { LayerScene } from "../../api/types.ts";
import { facetOf, isOrdered, matrixOf } from "../../layout/facets.ts";
import type { PlacedColumn } from "../../layout/stage.ts";
import { DOTS } from "../../layout/viewport.ts";
import { readyOf } from "../../state/async.ts";
import { orderKey, type RunContext } from "../../state/context.ts";
import type { ViewState } from "../../state/viewState.ts";

export interface NearSource {
  context: () => RunContext;
  user: () => ViewState;
  /** Columns on or near the screen, most urgent first. */
  columns: () => readonly PlacedColumn[];
  zoom: () => number;
}

const OWNER = "picture";

/** What the clusters of a layer need beyond it: the values of every facet that one of them is drawn in. */
export function matricesOf(scene: LayerScene, user: ViewState): string[] {
  const facets = new Set(scene.clusters.map(({ id }) => facetOf(user, { layer: scene.layer, cluster: id })));
  return [...facets].map((facet) => matrixOf(scene, facet)?.address).filter((one) => one !== undefined);
}

export function ordersOf(scene: LayerScene, user: ViewState): string[] {
  return scene.clusters.flatMap((cluster) => {
    const place = { layer: scene.layer, cluster: cluster.id };
    const facts = matrixOf(scene, facetOf(user, place));
    return facts && isOrdered(user, place) ? [orderKey({ ...place, facet: facts.facet })] : [];
  });
}

/** Load what the columns on the screen show. Call while the picture is set up; ends with it. */
export function loadNear(source: NearSource): void {
  const layers = $derived(
    source
      .columns()
      .map((one) => (one.column.kind === "clusters" ? one.column.layer : null))
      .filter((id) => id !== null),
  );
  const scenes = $derived(
    layers.map((layer) => readyOf(source.context().layers.get(layer))).filter((one) => one !== null),
  );
  // One string each, so that panning within the same columns asks for nothing.
  const wanted = $derived(layers.join("\n"));
  const sheets = $derived(
    scenes
      .map((scene) => scene.atlas)
      .filter((one) => one !== null)
      .join("\n"),
  );
  const matrices = $derived(scenes.flatMap((scene) => matricesOf(scene, source.user())).join("\n"));
  const orders = $derived(scenes.flatMap((scene) => ordersOf(scene, source.user())).join("\n"));
  const far = $derived(source.zoom() < DOTS);
  const keys = (text: string): string[] => (text === "" ? [] : text.split("\n"));
  // When the picture goes, its source may be gone already.
  let asked: RunContext | null = null;
  $effect(() => {
    asked = source.context();
    asked.layers.want(OWNER, keys(wanted));
  });
  $effect(() => source.context().atlases.want(OWNER, far ? [] : keys(sheets)));
  $effect(() => source.context().matrices.want(OWNER, far ? [] : keys(matrices)));
  $effect(() => source.context().orders.want(OWNER, keys(orders)));
  onDestroy(() => {
    if (asked) for (const shelf of [asked.layers, asked.atlases, asked.matrices, asked.orders]) shelf.want(OWNER, []);
  });
}
