import type { MapScene, PatchScene } from "../api/types.ts";

/** A map's cells, row by row: 255 stands for its maximum, 0 for 0 and below. */
export function mapCells(map: MapScene): Uint8Array<ArrayBuffer> {
  const text = atob(map.values);
  return Uint8Array.from({ length: map.width * map.height }, (_, place) => text.charCodeAt(place) || 0);
}

/** What full colour stands for, so that the maps of several images can be compared; 0 when there is none. */
export const mapScale = (patches: readonly PatchScene[]): number =>
  patches.reduce((most, patch) => Math.max(most, patch.map?.maximum ?? 0), 0);
