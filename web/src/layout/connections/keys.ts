/** A cluster of the picture of connections: ids are unique only within their layer. */
export type Key = string;

export const keyOf = (layer: string, cluster: string): Key => `${layer}\n${cluster}`;

export function readKey(key: Key): { layer: string; cluster: string } {
  const [layer = "", cluster = ""] = key.split("\n");
  return { layer, cluster };
}
