/** A snapshot of a recorded run: the step that is shown, and the snapshots whose clusters are shown. */
export interface Moment {
  step: number;
  /** Those that the page has gone through, the one that clusters are of last. */
  basis: readonly number[];
}

/** An address that depends on the snapshot, with what else it asks for. */
export function addressAt(
  address: string,
  moment: Moment | null,
  asked: Record<string, string> | URLSearchParams = {},
): string {
  const query = new URLSearchParams(asked);
  if (moment) {
    query.set("step", String(moment.step));
    for (const step of moment.basis) query.append("basis", String(step));
  }
  const text = query.toString();
  return text === "" ? address : `${address}?${text}`;
}
