import type { ClusterScene, LayerScene } from "../../api/types.ts";
import { matrixOf } from "../../layout/facets.ts";
import { type Bar, profileBars } from "../../layout/profile.ts";
import type { Facet } from "../../state/viewState.ts";
import { noteOf } from "./cardTips.ts";
import { BARS, type Headed, hasRoomFor, noteWidth } from "./cardTitles.ts";

export interface FaceSource {
  scene: LayerScene;
  cluster: ClusterScene;
  facet: Facet;
  headed: Headed;
  /** As much of the title as there is room for. */
  title: string;
  /** Classes with images, in the scene's order. */
  order: readonly number[];
  /** Largest value of the layer's profiles. */
  most: number;
}

/** What stands beside a card's title. */
export interface Face {
  /** Why there are no bars, or what is lacking; empty where there is nothing to say. */
  note: string;
  /** The same where it has room. */
  seenNote: string;
  bars: readonly Bar[];
}

export function faceOf({ scene, cluster, facet, headed, title, order, most }: FaceSource): Face {
  const absent = facet !== "features" && matrixOf(scene, facet) === null;
  const plain = cluster.never_active || cluster.profile.every((value) => value === null || value === 0);
  const note = plain || absent ? noteOf(cluster, absent ? facet : null, order.length > 0) : "";
  const seen = note !== "" && !cluster.never_active && hasRoomFor(noteWidth(note), title, headed);
  const barred = facet === "features" && note === "" && hasRoomFor(BARS.width, title, headed);
  return {
    note,
    seenNote: seen ? note : "",
    bars: barred ? profileBars(cluster.profile, order, BARS.width, most) : [],
  };
}
