import { untrack } from "svelte";
import { keep, NOTHING_KEPT } from "../../layout/kept.ts";
import type { PlacedColumn, Stage } from "../../layout/stage.ts";
import {
  type Box,
  bounded,
  contains,
  firstView,
  fromZoom,
  reveal,
  seen,
  toZoom,
  type Viewport,
  wholeView,
  zoomAt,
} from "../../layout/viewport.ts";
import { nearColumns } from "../../layout/visible.ts";
import type { Size } from "../../state/context.ts";
import type { Zoom } from "../../state/viewState.ts";
import { follow } from "./follow.ts";
import { steady } from "./steady.svelte.ts";

export interface CameraSource {
  stage: () => Stage;
  size: () => Size;
  zoom: () => Zoom | null;
  /** Screen pixels per page pixel. */
  ratio: number;
  onzoom: (zoom: Zoom) => void;
}

/** What of the picture is on the screen, and how that is changed. */
export interface Camera {
  readonly viewport: Viewport;
  /** The viewport of the last rest: canvases are drawn for it, and until the next only moved and scaled. */
  readonly rest: Viewport;
  /** Zoom of the last rest; panning does not change it. */
  readonly zoom: number;
  /** Whether the zoom is another than at the last rest. */
  readonly zooming: boolean;
  /** Whether the user has panned or zoomed since. */
  readonly moving: boolean;
  /** Columns on or near the screen, those nearest to its middle first. */
  readonly near: readonly PlacedColumn[];
  /** Columns whose cards are there, in the order in which they stand: those near, and some that were. */
  readonly kept: readonly PlacedColumn[];
  /** Whether all of the picture is seen. */
  readonly whole: boolean;
  look(next: Viewport): void;
  /** Larger or smaller around a point of the screen, by default its middle. */
  enlarge(factor: number, at?: { x: number; y: number }): void;
  pan(dx: number, dy: number): void;
  /** Bring a point of the world into the middle. */
  centre(x: number, y: number): void;
  fit(): void;
  /** Bring a box of the world onto the screen. */
  show(box: Box): void;
  /** The next change of the picture is to leave this column or group where it is on the screen. */
  hold(key: string): void;
}

/** Milliseconds without a move after which the picture has come to rest. */
const REST = 120;

/** Call while the picture is set up; ends with it. */
export function camera(source: CameraSource): Camera {
  const stage = $derived(source.stage());
  const size = $derived(source.size());
  const viewport = $derived.by(() => {
    const zoom = source.zoom();
    return zoom ? fromZoom(zoom, size) : firstView(stage, size);
  });
  const box = $derived(seen(viewport, size));
  const around = $derived(nearColumns(stage.columns, box.left, box.right));
  // While one pans within the same columns nothing else has to look at them again.
  const keys = steady(() => around.map((one) => one.column.key).join("\n"));
  const near = $derived.by(() => {
    void keys();
    void stage;
    return untrack(() => around);
  });
  const whole = $derived(contains(viewport, stage, size));
  let rest = $state.raw<Viewport>(untrack(() => viewport));
  const zoom = $derived(rest.k);
  let held = NOTHING_KEPT;
  const kept = $derived.by(() => {
    const keys = near.map((one) => one.column.key);
    held = keep(held, keys, zoom * source.ratio);
    return stage.columns.filter((one) => held.keys.includes(one.column.key));
  });
  const zooming = steady(() => viewport.k !== rest.k);
  $effect(() => {
    const now = viewport;
    const timer = setTimeout(() => (rest = now), REST);
    return () => clearTimeout(timer);
  });

  // Columns that come, open or close must not push what the user looks at off the screen. A place that came with a link
  // is one in the picture as it will be: until the user moves, nothing is to be kept.
  let previous: Stage | null = null;
  let anchor: string | null = null;
  let mine: Zoom | null = null;
  function emit(next: Zoom): void {
    mine = next;
    source.onzoom(next);
  }
  $effect.pre(() => {
    const now = stage;
    const held = source.zoom();
    if (previous && previous !== now && held && (held === mine || anchor !== null)) {
      const moved = follow(previous, now, held, anchor);
      if (moved) emit(moved);
    }
    anchor = null;
    previous = now;
  });

  const look = (next: Viewport): void => emit(toZoom(bounded(next, stage, size), size));
  const middle = (): { x: number; y: number } => ({ x: size.width / 2, y: size.height / 2 });

  return {
    get viewport() {
      return viewport;
    },
    get rest() {
      return rest;
    },
    get zoom() {
      return zoom;
    },
    get zooming() {
      return zooming();
    },
    get moving() {
      return source.zoom() !== null && viewport !== rest;
    },
    get near() {
      return near;
    },
    get kept() {
      return kept;
    },
    get whole() {
      return whole;
    },
    look,
    enlarge: (factor, at = middle()) => look(zoomAt(viewport, factor, at)),
    pan: (dx, dy) => look({ ...viewport, x: viewport.x + dx, y: viewport.y + dy }),
    centre: (x, y) => look({ k: viewport.k, x: middle().x - x * viewport.k, y: middle().y - y * viewport.k }),
    fit: () => look(wholeView(stage, size)),
    show(target) {
      const moved = reveal(viewport, target, size);
      if (moved.x !== viewport.x || moved.y !== viewport.y) look(moved);
    },
    hold(key) {
      anchor = key;
    },
  };
}
