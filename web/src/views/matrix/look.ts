import { type Camera, cameraFor, lookOf } from "../../layout/matrix/camera.ts";
import type { ViewState } from "../../state/viewState.ts";

/** Milliseconds of rest after which the address says where one looks. */
const REST = 200;

export interface LookSource {
  user: () => ViewState;
  /** Where one looks; null: at all of it. */
  moved: () => Camera | null;
  onlook: (camera: Camera | null) => void;
  onState: (change: Partial<ViewState>) => void;
}

/** Keeps where one looks at a large matrix and the address together. */
export function matrixLook(source: LookSource): { follow: () => void; tell: () => (() => void) | undefined } {
  let known = "none yet";
  const named = (camera: Camera | null): string => JSON.stringify(camera && lookOf(camera));
  return {
    /** Look where the address says, when it says something else: on opening, Back and Forward. */
    follow() {
      const look = source.user().matrix?.look;
      const camera = look ? cameraFor(look) : null;
      if (named(camera) === known) return;
      const first = known === "none yet";
      known = named(camera);
      if (!first || camera) source.onlook(camera);
    },
    /** Say in the address where one looks, once it rests. */
    tell() {
      const camera = source.moved();
      const { matrix } = source.user();
      if (!matrix || named(camera) === known) return undefined;
      const timer = setTimeout(() => {
        const { look: _, ...rest } = matrix;
        const look = camera && lookOf(camera);
        known = named(look && cameraFor(look));
        source.onState({ matrix: { ...rest, ...(look && { look }) } });
      }, REST);
      return () => clearTimeout(timer);
    },
  };
}
