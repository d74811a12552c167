import type { ConnectionScene, LayerScene } from "../../api/types.ts";
import { askedConnections, columnTitles } from "../../layout/connections/asked.ts";
import { itemsOf } from "../../layout/connections/items.ts";
import { namesIn } from "../../layout/connections/names.ts";
import { silentKeys, tourCluster, tourItem, tourLayer, tourNeuron } from "../../layout/tour/choice.ts";
import type { TourMaterial } from "../../layout/tour/stop.ts";
import { type Async, readyOf } from "../../state/async.ts";
import type { RunContext } from "../../state/context.ts";
import { START } from "../../state/viewState.ts";

const OWNER = "tour";
const NO_KEYS: readonly string[] = [];
const keys = (...some: (string | null | undefined)[]): readonly string[] => {
  const known = some.filter((one) => typeof one === "string");
  return known.length > 0 ? known : NO_KEYS;
};
const pending = (item: Async<unknown> | null): boolean => item?.status === "pending";

/**
 * What the tour of a run is made of, asked for while it is open; null until all of it has come. What cannot be had is
 * left out, so that the tour goes on without. Call while a component is set up.
 */
export function tourMaterial(source: { context: () => RunContext; open: () => boolean }): () => TourMaterial | null {
  const context = $derived(source.context());
  const open = $derived(source.open());
  const scene = $derived(context.scene);
  const layerId = $derived(tourLayer(scene));
  const layerItem = $derived(layerId === null ? null : context.layers.get(layerId));
  const layer = $derived(layerItem && readyOf(layerItem));
  const cluster = $derived(layer && tourCluster(layer));
  const number = $derived(cluster && tourNeuron(cluster));
  const neuronId = $derived(number === null || layerId === null ? null : `${layerId}:${number}`);
  const neuronItem = $derived(neuronId === null ? null : context.neurons.get(neuronId));

  const joined = $derived(askedConnections(scene, START));
  const joinedItem = $derived<Async<ConnectionScene> | null>(joined === null ? null : context.connections.get(joined));
  const joins = $derived(joinedItem && readyOf(joinedItem));
  const columns = $derived(joins?.columns ?? NO_KEYS);
  const columnItems = $derived(columns.map((id) => context.layers.get(id)));
  const item = $derived(
    joins && tourItem(itemsOf(joins), silentKeys(columnItems.flatMap((one) => readyOf(one) ?? []))),
  );
  const connection = $derived.by(() => {
    if (!joins || !item) return null;
    const names = namesIn({
      columns: joins.columns,
      titles: columnTitles(scene, START.open),
      layer: (id): LayerScene | null => readyOf(context.layers.get(id)),
      order: (id) => joins.orders[joins.columns.indexOf(id)] ?? [],
    });
    return { scene: joins, item, names };
  });
  const training = $derived.by(() => {
    const recorded = context.training && readyOf(context.training.scene);
    if (!context.training || !recorded) return null;
    return { scene: recorded, diagnosis: readyOf(context.training.findings), snapshots: context.training.shown };
  });
  const waits = $derived(
    [
      layerItem,
      neuronItem,
      joinedItem,
      ...columnItems,
      context.training?.scene ?? null,
      context.training?.findings ?? null,
    ].some(pending),
  );

  $effect(() => {
    const held = context;
    held.layers.want(OWNER, open ? keys(layerId, ...columns) : NO_KEYS);
    held.neurons.want(OWNER, open ? keys(neuronId) : NO_KEYS);
    held.connections.want(OWNER, open ? keys(joined) : NO_KEYS);
    return () => {
      for (const shelf of [held.layers, held.neurons, held.connections]) shelf.want(OWNER, NO_KEYS);
    };
  });

  return () =>
    open && !waits
      ? {
          scene,
          layer,
          cluster,
          neuron: neuronItem && readyOf(neuronItem),
          connection,
          training,
          edits: context.edits.closed === "" && readyOf(context.edits.scene) !== null,
        }
      : null;
}
