import type { Finding, Scene } from "../../api/types.ts";
import { lookedAway } from "../../state/links.ts";
import { NO_BRUSH, type ViewState } from "../../state/viewState.ts";
import { openedFor } from "./findings.ts";

/**
 * What looking at a finding changes: its layer gets a column and is selected, its neurons are lit, and the step is the
 * first at which its evidence is there to see. Looking away takes that back.
 */
export function lookAt(scene: Scene, user: ViewState, finding: Finding | null): Partial<ViewState> {
  if (!finding) {
    return { training: { ...user.training, finding: null }, brush: NO_BRUSH };
  }
  const known = scene.layers.some((layer) => layer.id === finding.layer);
  return {
    training: { ...user.training, finding: finding.rule, step: finding.evidence_step },
    brush:
      known && finding.neurons.length > 0 ? { layer: finding.layer, neurons: finding.neurons, classes: [] } : NO_BRUSH,
    selection: known ? { layer: finding.layer, cluster: null, neuron: null } : user.selection,
    open: known ? openedFor(scene, user.open, finding.layer) : user.open,
    links: lookedAway(user.links),
  };
}
