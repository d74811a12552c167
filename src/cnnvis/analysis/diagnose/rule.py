"""A rule: a name, what it looks for, and which other findings it explains."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from cnnvis.analysis.diagnose.case import Case
from cnnvis.analysis.diagnose.needs import Need
from cnnvis.schema.findings import Evidence, Finding, Severity
from cnnvis.schema.series import Number


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a rule found: the finding without what the rule says of itself."""

    evidence: tuple[Evidence, ...]
    cause: str
    remedy: str
    layer: str = ""
    layers: tuple[str, ...] = ()
    neurons: tuple[int, ...] = ()
    first_step: int = 0
    last_step: int | None = None
    """None: to the end of what was recorded."""
    evidence_step: int | None = None
    """First step at which the evidence is there to see; None: at which all of its quantities have been measured."""
    severity: Severity | None = None
    """None: the rule's."""
    title: str = ""


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One thing that can be wrong.

    Args:
        name: As in `dead-relu`.
        title: What is wrong, as a short sentence.
        severity: How bad it is when nothing else is said.
        explains: Names of rules whose findings are symptoms of this one, unless they began earlier.
        needs: What must have been seen before it can be looked for.
        outcome: Whether it says only how a training ended: then it is a symptom of whatever explains it, however early
            it shows.
        of_any: Whether it is a symptom of every cause that keeps a network from learning, named there or not.
        causes: Whether it can keep a network from learning; what cannot is never the cause of a loss at chance level.
        check: Looks for it.

    """

    name: str
    title: str
    severity: Severity
    check: Callable[[Case], Found | None]
    explains: tuple[str, ...] = ()
    needs: tuple[Need, ...] = ()
    outcome: bool = False
    of_any: bool = False
    causes: bool = True

    def missing(self, case: Case) -> str:
        """Return what this rule lacks in order to judge; nothing when all is there."""
        return next((lack for need in self.needs if (lack := need(case))), "")

    def apply(self, case: Case) -> Finding | None:
        """Return the finding, or None when there is nothing."""
        found = self.check(case)
        if found is None:
            return None
        return Finding(
            rule=self.name,
            title=found.title or self.title,
            severity=found.severity or self.severity,
            layer=found.layer,
            layers=found.layers or ((found.layer,) if found.layer else ()),
            neurons=found.neurons,
            first_step=found.first_step,
            evidence_step=_evidence_step(case, found) if found.evidence_step is None else found.evidence_step,
            last_step=case.last_step if found.last_step is None else found.last_step,
            evidence=found.evidence,
            cause=found.cause,
            remedy=found.remedy,
        )


def _evidence_step(case: Case, found: Found) -> int:
    """Return the first step, from that on at which it began, by which all quantities of the evidence were measured."""
    steps = (
        case.measured_from(one.quantity, one.layer, found.first_step) if one.step is None else one.step
        for one in found.evidence
    )
    return max([found.first_step, *(step for step in steps if step is not None)])


def evidence(
    quantity: str,
    text: str,
    value: float | int,
    threshold: float | int | None = None,
    *,
    layer: str = "",
    step: int | None = None,
) -> Evidence:
    """Return one number of evidence, with four digits."""
    held = None if threshold is None else _number(threshold)
    return Evidence(quantity=quantity, text=text, value=_number(value), threshold=held, layer=layer, step=step)


def _number(value: float | int) -> Number:
    if math.isfinite(value):
        return float(f"{value:.4g}")
    return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
