const METHODS = ["ward", "kmeans", "meanshift"] as const;

/** A layer that is looked at grouped anew. */
export interface Grouping {
  layer: string;
  method: (typeof METHODS)[number];
  /** Null: found. */
  k: number | null;
}

/** Read what an address says of it; anything not understood is left out. */
export function readGrouping(query: URLSearchParams): Grouping | null {
  const layer = query.get("regroup");
  if (layer === null) return null;
  const method = METHODS.find((one) => one === query.get("method")) ?? "ward";
  const k = query.get("k") ?? "";
  return { layer, method, k: method !== "meanshift" && /^[1-9]\d{0,2}$/.test(k) ? Number(k) : null };
}

export function writeGrouping(query: URLSearchParams, grouping: Grouping | null): void {
  if (grouping === null) return;
  query.set("regroup", grouping.layer);
  if (grouping.method !== "ward") query.set("method", grouping.method);
  if (grouping.k !== null) query.set("k", String(grouping.k));
}
