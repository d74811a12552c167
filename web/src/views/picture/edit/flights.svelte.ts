import { onDestroy, untrack } from "svelte";
import type { LayerScene } from "../../../api/types.ts";
import { type TilePlace, tilePlaces } from "../../../layout/card.ts";
import { facetOf } from "../../../layout/facets.ts";
import { type Flyer, flown, flyersOf } from "../../../layout/flight.ts";
import type { Stage } from "../../../layout/stage.ts";
import { eased, still } from "../../../marks/motion.ts";
import { readyOf } from "../../../state/async.ts";
import type { RunContext } from "../../../state/context.ts";
import type { ViewState } from "../../../state/viewState.ts";
import { GLIDE } from "../glide.svelte.ts";

/** The neurons of one layer on their way to where an edit has put them. */
export interface Flight {
  layer: string;
  atlas: ImageBitmap | null;
  flyers: readonly Flyer[];
  start: number;
  duration: number;
}

export interface FlightSource {
  run: () => RunContext;
  user: () => ViewState;
  /** The picture as it will be when all has come to rest. */
  stage: () => Stage;
  /** Zoom at which the cards are drawn. */
  zoom: () => number;
}

export interface Flights {
  readonly now: readonly Flight[];
  /** Neurons of a layer that are on their way: their cards do not draw them. */
  of(layer: string): ReadonlySet<number>;
}

/** A little after the cards have come to rest, so that the last step is seen. */
const DURATION = GLIDE + 110;
const NONE: ReadonlySet<number> = new Set();

/** A name for who is in which cluster of a layer. */
const names = new WeakMap<LayerScene, string>();
export function membersName(scene: LayerScene): string {
  const known = names.get(scene);
  if (known !== undefined) return known;
  const name = scene.clusters
    .map(({ id, neurons }) => `${id}:${[...neurons].sort((a, b) => a - b)}`)
    .sort()
    .join("|");
  names.set(scene, name);
  return name;
}

interface Seen {
  members: string;
  /** Worked out only when something flies: every stage is looked at, and there are thousands of tiles. */
  places: () => Map<number, TilePlace>;
}

/** Where neurons are that have not arrived yet: from there they go on when their goal changes. */
function onTheWay({ flyers, start, duration }: Flight, places: ReadonlyMap<number, TilePlace>): Map<number, TilePlace> {
  const share = eased(Math.min(1, (performance.now() - start) / duration));
  const out = new Map(places);
  for (const flyer of flyers) {
    const [x, y, side] = flown(flyer, share);
    out.set(flyer.neuron, {
      x,
      y,
      side,
      sprite: flyer.sprite,
      cluster: flyer.leaves ? "" : (places.get(flyer.neuron)?.cluster ?? ""),
    });
  }
  return out;
}

/** Let neurons glide from card to card after an edit. Call while the picture is set up; ends with it. */
export function flights(source: FlightSource): Flights {
  let list = $state.raw<readonly Flight[]>([]);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let run: RunContext["scene"] | null = null;
  const before = new Map<string, Seen>();

  function look(stage: Stage): Map<string, Seen & { scene: LayerScene }> {
    const context = source.run();
    const user = source.user();
    const out = new Map<string, Seen & { scene: LayerScene }>();
    for (const placed of stage.columns) {
      const { layer, kind } = placed.column;
      const scene = layer === null || kind !== "clusters" || placed.pending ? null : readyOf(context.layers.get(layer));
      // Rows of a matrix do not fly: their card goes over from one matrix to the other.
      if (!scene || scene.clusters.some((one) => facetOf(user, { layer: scene.layer, cluster: one.id }) !== "features"))
        continue;
      const places = (): Map<number, TilePlace> =>
        tilePlaces(scene, placed, { importance: user.importance, zoom: source.zoom() });
      out.set(scene.layer, { scene, members: membersName(scene), places });
    }
    return out;
  }

  function begin(now: ReturnType<typeof look>): void {
    const context = source.run();
    const begun: Flight[] = [];
    for (const [layer, { scene, members, places }] of now) {
      const old = before.get(layer);
      const under = list.find((one) => one.layer === layer);
      if (!old || still() || (old.members === members && !under)) continue;
      const atlas = scene.atlas ? readyOf(context.atlases.get(scene.atlas)) : null;
      const flyers = flyersOf(under ? onTheWay(under, old.places()) : old.places(), places());
      begun.push({ layer, atlas, flyers, start: performance.now(), duration: DURATION });
    }
    if (begun.length === 0) return;
    list = [...list.filter((one) => !begun.some((other) => other.layer === one.layer)), ...begun];
    clearTimeout(timer);
    timer = setTimeout(() => (list = []), DURATION + 20);
  }

  $effect.pre(() => {
    const stage = source.stage();
    untrack(() => {
      if (run !== source.run().scene) before.clear();
      run = source.run().scene;
      const now = look(stage);
      begin(now);
      for (const [layer, seen] of now) before.set(layer, seen);
    });
  });
  onDestroy(() => clearTimeout(timer));

  const hidden = $derived(
    new Map(list.map((one) => [one.layer, new Set(one.flyers.map((flyer) => flyer.neuron))] as const)),
  );
  return {
    get now() {
      return list;
    },
    of: (layer) => hidden.get(layer) ?? NONE,
  };
}
