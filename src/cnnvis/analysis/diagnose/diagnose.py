"""Apply all rules, and fold symptoms under the finding that explains them."""

from collections.abc import Sequence

from msgspec.structs import replace

from cnnvis.analysis.diagnose.case import Case
from cnnvis.analysis.diagnose.registry import RULES
from cnnvis.analysis.diagnose.rule import Rule
from cnnvis.schema.findings import SEVERITIES, Diagnosis, Finding

FEWEST_STEPS = 20
"""Fewer steps say nothing about a training but what is wrong with its set-up."""


def diagnose(case: Case, rules: Sequence[Rule] = RULES) -> Diagnosis:
    """Return everything that the rules find in a training, the worst first, symptoms under their causes."""
    found = [finding for rule in rules if (finding := rule.apply(case)) is not None]
    return Diagnosis(
        steps=case.last_step,
        complete=case.series.complete,
        findings=fold(found, rules),
        rules=tuple(rule.name for rule in rules),
        notes=_notes(case),
    )


def fold(findings: Sequence[Finding], rules: Sequence[Rule]) -> tuple[Finding, ...]:
    """Put each finding under the first one, in the rules' order, that explains it and began before it.

    Of two that began at the same step, the one whose rule stands first is the cause. A symptom takes its own symptoms
    along.
    """
    order = {rule.name: place for place, rule in enumerate(rules)}
    explains = {rule.name: frozenset(rule.explains) for rule in rules}
    ordered = sorted(findings, key=lambda finding: order[finding.rule])
    moment = {finding.rule: (finding.first_step, order[finding.rule]) for finding in ordered}
    parent: dict[str, str] = {}
    for finding in ordered:
        for other in ordered:
            if finding.rule in explains[other.rule] and moment[other.rule] < moment[finding.rule]:
                parent[finding.rule] = other.rule
                break
    tree = {finding.rule: finding for finding in ordered}
    # The latest first: each has its own symptoms by the time it goes under its cause.
    for finding in sorted(ordered, key=lambda finding: moment[finding.rule], reverse=True):
        above = parent.get(finding.rule)
        if above is not None:
            cause = tree[above]
            tree[above] = replace(cause, symptoms=(tree[finding.rule], *cause.symptoms))
    roots = [tree[finding.rule] for finding in ordered if finding.rule not in parent]
    return tuple(sorted(roots, key=lambda finding: (-SEVERITIES.index(finding.severity), order[finding.rule])))


def _notes(case: Case) -> tuple[str, ...]:
    notes: list[str] = []
    if case.last_step < FEWEST_STEPS:
        notes.append(f"Only {case.last_step} steps were recorded: what shows later cannot be judged.")
    if not len(case.loss.steps):
        notes.append("No loss was handed over: rules about the loss were not applied.")
    if not len(case.metric("validation", "loss").steps):
        notes.append("No validation loss was handed over: overfitting cannot be judged.")
    if case.statistics is None:
        notes.append("There is no snapshot: single neurons cannot be judged.")
    return tuple(notes)
