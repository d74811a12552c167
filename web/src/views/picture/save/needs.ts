import type { Scene } from "../../../api/types.ts";
import type { Stage } from "../../../layout/stage.ts";
import { type Async, readyOf } from "../../../state/async.ts";
import type { RunContext } from "../../../state/context.ts";
import { pictureKey } from "../../../state/pictures.ts";
import type { ViewState } from "../../../state/viewState.ts";
import { matricesOf, ordersOf } from "../loadNear.svelte.ts";

type Example = Scene["examples"][number];

/** Pixels of an example's longer side: sharp in print. */
const EXAMPLE = 160;

export const exampleKey = ({ image, size }: Example): string =>
  pictureKey({ address: image, box: [0, 0, size[0], size[1]], most: EXAMPLE });

export const SHELVES = ["layers", "atlases", "matrices", "orders", "pictures"] as const;
export type Needs = Record<(typeof SHELVES)[number], string[]>;

/** What all columns need, those far from the screen too. Grows while layers come. */
export function needsOf({ run, user, stage }: { run: RunContext; user: ViewState; stage: Stage }): Needs {
  const layers = stage.columns.flatMap(({ column }) =>
    column.kind === "clusters" && column.layer !== null ? [column.layer] : [],
  );
  const scenes = layers.map((layer) => readyOf(run.layers.get(layer))).filter((one) => one !== null);
  return {
    layers,
    atlases: scenes.map(({ atlas }) => atlas).filter((one) => one !== null),
    matrices: scenes.flatMap((scene) => matricesOf(scene, user)),
    orders: scenes.flatMap((scene) => ordersOf(scene, user)),
    pictures: run.scene.examples.map(exampleKey),
  };
}

/** Whether all of it has come, or will not come. */
export const settled = (run: RunContext, needs: Needs): boolean =>
  SHELVES.every((shelf) => needs[shelf].every((key) => (run[shelf].get(key) as Async<unknown>).status !== "pending"));
