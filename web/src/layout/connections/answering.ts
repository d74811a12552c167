import type { ClusterAnswer, ClusterContrast, ContrastScene, ImageSetScene } from "../../api/types.ts";
import { type Key, keyOf } from "./keys.ts";

/** As many clusters are named for a set of images, of either kind, and for a comparison. */
export const NAMED = { answers: 8, contrasts: 10 } as const;

const keysOf = (clusters: readonly (ClusterAnswer | ClusterContrast)[], most: number): Key[] =>
  clusters.slice(0, most).map((one) => keyOf(one.layer, one.cluster));

/**
 * The clusters that are named beside a set of images: that answer otherwise than the profiles, and that answer most.
 *
 * None for all probe images, to which no cluster answers more than usual.
 */
export const answeringKeys = ({ images, of, differing, answering }: ImageSetScene): Key[] =>
  images < of ? [...new Set([...keysOf(differing, NAMED.answers), ...keysOf(answering, NAMED.answers)])] : [];

/** The clusters that are named in a comparison. */
export const contrastKeys = ({ clusters }: ContrastScene): Key[] => keysOf(clusters, NAMED.contrasts);
