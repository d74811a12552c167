import type { Diagnosis, Evidence, Finding, LayerRowFacts, Scene } from "../../api/types.ts";
import { count, number } from "../words.ts";
import { type Measured, real } from "./curves.ts";

export type Severity = Finding["severity"];

const RANK: Record<Severity, number> = { error: 0, warning: 1, hint: 2 };
export const SEVERITY_WORDS: Record<Severity, string> = { error: "error", warning: "warning", hint: "hint" };

/** Symptoms below a finding, at any depth. */
export const symptomsOf = (finding: Finding): Finding[] =>
  finding.symptoms.flatMap((symptom) => [symptom, ...symptomsOf(symptom)]);

/** The finding of a rule, also among the symptoms; null when there is none (any more). */
export function findingOf(diagnosis: Diagnosis | null, rule: string | null): Finding | null {
  const all = (diagnosis?.findings ?? []).flatMap((finding) => [finding, ...symptomsOf(finding)]);
  return all.find((finding) => finding.rule === rule) ?? null;
}

/** When a finding showed, in words. */
export function stepsWords(finding: Finding, last: number): string {
  const { first_step: first, last_step: end } = finding;
  if (first <= 1 && end >= last) return "from the start to the end";
  if (first === end) return `at step ${count(first)}`;
  return end >= last ? `from step ${count(first)} on` : `steps ${count(first)} to ${count(end)}`;
}

export interface LayerMark {
  severity: Severity;
  titles: string[];
}

/** Which layers findings are about: the worst severity and what they say, by layer. */
export function layerMarks(diagnosis: Diagnosis | null): Map<string, LayerMark> {
  const marks = new Map<string, LayerMark>();
  for (const finding of diagnosis?.findings ?? []) {
    for (const layer of new Set([...finding.layers, ...(finding.layer ? [finding.layer] : [])])) {
      const known = marks.get(layer);
      const worse = !known || RANK[finding.severity] < RANK[known.severity];
      marks.set(layer, {
        severity: worse ? finding.severity : known.severity,
        titles: [...(known?.titles ?? []), finding.title],
      });
    }
  }
  return marks;
}

/** The mark of a column: that of the worst of its layers. */
export function worstMark(marks: ReadonlyMap<string, LayerMark>, layers: readonly string[]): LayerMark | null {
  const found = layers.flatMap((layer) => marks.get(layer) ?? []);
  if (found.length === 0) return null;
  const [worst] = [...found].sort((a, b) => RANK[a.severity] - RANK[b.severity]);
  return worst ? { severity: worst.severity, titles: [...new Set(found.flatMap((one) => one.titles))] } : null;
}

/** Layers of the column that has this one as its representative: its group's, its block's, or itself alone. */
export function layersOfColumn(scene: Scene, key: string, layer: string | null): string[] {
  const group = scene.groups.find((one) => one.id === key);
  const block = scene.groups.flatMap((one) => one.blocks).find((one) => one.id === key);
  return group?.layers ?? block?.layers ?? (layer === null ? [] : [layer]);
}

/** What must be open so that a layer has a column of its own. */
export function openedFor(scene: Scene, open: readonly string[], layer: string): string[] {
  const group = scene.groups.find((one) => one.layers.includes(layer));
  const block = group?.blocks.find((one) => one.layers.includes(layer));
  if (!group || !block || group.layer === layer) return [...open];
  const wanted = [group.id, ...(group.blocks.length > 1 && block.layer !== layer ? [block.id] : [])];
  return [...open, ...wanted.filter((id) => !open.includes(id))];
}

/** A number of evidence as a person reads it. */
export function measuredWords(value: Measured): string {
  if (value === null) return "–";
  if (typeof value === "number") return number(value);
  return value === "nan" ? "not a number" : value === "inf" ? "infinite" : "minus infinite";
}

/** The value of evidence: how many there are of something without digits behind the point. */
export function valueWords({ quantity, value }: Evidence): string {
  const whole = typeof value === "number" && Number.isInteger(value) && value >= 0;
  // A 1 or 0 may as well be a share; of parameters it is their number.
  return whole && (value > 1 || quantity.startsWith("parameters/")) ? count(value) : measuredWords(value);
}

/** A layer's name without what only marks its place in a graph. */
export const layerName = (layer: string): string => layer.replace(/^\//, "");

/** Layers other than the one where a finding begins in which its evidence was measured, in words; empty for none. */
export function elsewhere(finding: Finding): string {
  const others = new Set(finding.evidence.map((one) => one.layer).filter((one) => one !== "" && one !== finding.layer));
  return finding.layer === "" ? "" : [...others].map(layerName).join(" and ");
}

/** Which step goes with a finding, and why that one. */
export function shownWords(finding: Finding): string {
  return finding.evidence_step === finding.first_step
    ? "where it began"
    : "the first at which its evidence is there to see";
}

/** On which side of its threshold a number lies, in words; nothing where it is only told. */
export function limitWords(evidence: Evidence): string {
  const [value, threshold] = [real(evidence.value), real(evidence.threshold)];
  if (evidence.threshold === null || Number.isNaN(value) || Number.isNaN(threshold)) return "";
  if (threshold === 0) return value > 0 ? "above 0" : value < 0 ? "below 0" : "not below 0";
  return `${value >= threshold ? "at or above" : "below"} the limit of ${measuredWords(evidence.threshold)}`;
}

/** Rows of the table of layers that show a finding's evidence. */
export function rowsOf(finding: Finding, rows: readonly LayerRowFacts[]): string[] {
  const quantities = new Set(finding.evidence.map((one) => one.quantity));
  return rows.filter((row) => row.quantities.some((name) => quantities.has(name))).map((row) => row.id);
}
