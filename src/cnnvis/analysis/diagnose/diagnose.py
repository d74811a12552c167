"""Apply all rules, and fold symptoms under the finding that explains them."""

from collections.abc import Sequence

from msgspec.structs import replace

from cnnvis.analysis.diagnose.case import Case
from cnnvis.analysis.diagnose.registry import RULES
from cnnvis.analysis.diagnose.rule import Rule
from cnnvis.schema.findings import SEVERITIES, Diagnosis, Finding, NotJudged

SLACK = 1.3
"""A cause may show so much later than its symptom: the loss is known at every step, layers are measured at steps that
lie up to a quarter apart."""


def diagnose(case: Case, rules: Sequence[Rule] = RULES) -> Diagnosis:
    """Return everything that the rules find in a training, the worst first, symptoms under their causes."""
    missing = {rule.name: rule.missing(case) for rule in rules}
    found = [finding for rule in rules if not missing[rule.name] and (finding := rule.apply(case)) is not None]
    return Diagnosis(
        steps=case.last_step,
        measured=case.measured,
        complete=case.series.complete,
        findings=fold(found, rules),
        rules=tuple(rule.name for rule in rules),
        not_judged=tuple(NotJudged(rule=name, reason=reason) for name, reason in missing.items() if reason),
        notes=_notes(case),
    )


def fold(findings: Sequence[Finding], rules: Sequence[Rule]) -> tuple[Finding, ...]:
    """Put each finding under the first one, in the rules' order, that explains it and did not begin after it.

    A cause whose rule stands before the symptom's may begin a little later (`SLACK`); others must begin clearly
    earlier. An outcome is folded whenever it began, and some (a loss at chance level) under whatever keeps a network
    from learning. A symptom takes its own symptoms along.
    """
    known = {rule.name: rule for rule in rules}
    order = {rule.name: place for place, rule in enumerate(rules)}
    ordered = sorted(findings, key=lambda finding: order[finding.rule])

    def explained(symptom: Finding, cause: Finding) -> bool:
        rule, other = known[symptom.rule], known[cause.rule]
        if rule.of_any and other.causes and not other.outcome and cause.severity != "hint":
            return True
        if symptom.rule not in other.explains:
            return False
        if rule.outcome and not other.outcome:
            return True
        if order[cause.rule] < order[symptom.rule]:
            return cause.first_step <= SLACK * symptom.first_step
        return SLACK * cause.first_step < symptom.first_step

    parent: dict[str, str] = {}
    for symptom in ordered:
        for cause in ordered:
            if explained(symptom, cause) and symptom.rule not in _line(cause.rule, parent):
                parent[symptom.rule] = cause.rule
                break

    def tree(finding: Finding) -> Finding:
        return replace(finding, symptoms=tuple(tree(one) for one in ordered if parent.get(one.rule) == finding.rule))

    roots = [tree(finding) for finding in ordered if finding.rule not in parent]
    return tuple(sorted(roots, key=lambda finding: (-SEVERITIES.index(finding.severity), order[finding.rule])))


def _line(rule: str, parent: dict[str, str]) -> list[str]:
    """Return a finding, its cause, the cause of that, and so on: none of them may become its symptom."""
    found = [rule]
    while found[-1] in parent:
        found.append(parent[found[-1]])
    return found


def _notes(case: Case) -> tuple[str, ...]:
    if not len(case.loss.steps):
        return ("No loss was handed over.",)
    return ()
