/** A way backwards through the network, from a cluster or from a class of the last column. */
export interface Trace {
  layer: string;
  cluster: string | null;
  /** Index of the class where the way begins; null for a cluster. */
  label: number | null;
  /** Stop that is looked at; 0 is where the way begins. */
  stop: number;
  /** Number of a way that was found on chosen images alone; null: that of the class, or of the cluster. */
  own: number | null;
}

/** What the user wants to see of the connections between columns. */
export interface Links {
  /** Null: the better one, where it was checked. */
  mode: "weights" | "contribution" | null;
  /** Share of the weight to draw; 0 hides all. */
  share: number;
  /** Whether to draw all that the share asks for, however much it is. */
  all: boolean;
  /** Id of the bicluster or curve that is looked at. */
  item: string | null;
  trace: Trace | null;
  /** What the details show of all connections: how far to trust them, or a list of those that are drawn. */
  panel: "check" | "list" | null;
}

export const START_LINKS: Links = {
  mode: null,
  share: 0.8,
  all: false,
  item: null,
  trace: null,
  panel: null,
};

const MODES = ["weights", "contribution"] as const;
const PANELS = ["check", "list"] as const;

function wholeOf(text: string | null): number | null {
  return text !== null && /^\d+$/.test(text) ? Number(text) : null;
}

function traceOf(query: URLSearchParams): Trace | null {
  const layer = query.get("trace");
  if (layer === null) return null;
  const [cluster, label] = [query.get("trace-cluster"), wholeOf(query.get("trace-class"))];
  if (cluster === null && label === null) return null;
  return { layer, cluster, label, stop: wholeOf(query.get("stop")) ?? 0, own: wholeOf(query.get("own")) };
}

function shareOf(text: string | null): number {
  const share = text === null ? Number.NaN : Number(text);
  return share >= 0 && share <= 1 ? share : START_LINKS.share;
}

/** Read what an address says of connections; anything not understood is left out. */
export function readLinks(query: URLSearchParams): Links {
  return {
    mode: MODES.find((one) => one === query.get("mode")) ?? null,
    share: shareOf(query.get("share")),
    all: query.has("all"),
    item: query.get("joins"),
    trace: traceOf(query),
    panel: PANELS.find((one) => one === query.get("panel")) ?? null,
  };
}

export function writeLinks(query: URLSearchParams, links: Links): void {
  if (links.mode !== null) query.set("mode", links.mode);
  if (links.share !== START_LINKS.share) query.set("share", String(links.share));
  if (links.all) query.set("all", "");
  if (links.item !== null) query.set("joins", links.item);
  if (links.trace) {
    query.set("trace", links.trace.layer);
    if (links.trace.cluster !== null) query.set("trace-cluster", links.trace.cluster);
    if (links.trace.label !== null) query.set("trace-class", String(links.trace.label));
    if (links.trace.own !== null) query.set("own", String(links.trace.own));
    if (links.trace.stop > 0) query.set("stop", String(links.trace.stop));
  }
  if (links.panel !== null) query.set("panel", links.panel);
}

/**
 * The part whose change deserves an entry in the browser's history: not how many curves, nor which stop, nor which line
 * of the list.
 */
export const linkStep = (links: Links): object => ({
  ...links,
  share: null,
  item: links.panel === "list" ? null : links.item,
  trace: links.trace && { ...links.trace, stop: 0 },
});

/** The same without anything that is looked at: when the user turns to something else. */
export function lookedAway(links: Links): Links {
  const { item, trace, panel } = links;
  return item === null && trace === null && panel === null ? links : { ...links, item: null, trace: null, panel: null };
}
