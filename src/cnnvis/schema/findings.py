"""The words of a diagnosis: what was found in a recorded training, with its evidence and a remedy (design: finding)."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from cnnvis.schema.series import Number

FINDINGS_VERSION = 1

Severity = Literal["hint", "warning", "error"]
"""How bad: something to know, something that costs accuracy or time, something that keeps the network from learning."""

SEVERITIES: tuple[Severity, ...] = ("hint", "warning", "error")
"""From the mildest to the worst."""


class Evidence(Struct, frozen=True, kw_only=True):
    """One measured number beside its threshold."""

    quantity: Annotated[str, Meta(description="Name of a series, or of a snapshot's statistic.")]
    text: Annotated[str, Meta(description="What the number is, in words.")]
    value: Number
    threshold: Annotated[Number, Meta(description="The number it is held against; None: only told.")] = None
    layer: Annotated[str, Meta(description="Unit or batch norm it was measured at; empty: the run.")] = ""
    step: int | None = None


class Finding(Struct, frozen=True, kw_only=True):
    """A named diagnosis: where and when it began, by what it shows, why, and what to do."""

    rule: Annotated[str, Meta(description="Name of the rule, as in `dead-relu`.")]
    title: Annotated[str, Meta(description="What is wrong, as a short sentence.")]
    severity: Severity
    layer: Annotated[str, Meta(description="First unit or batch norm it shows at; empty: the whole run.")] = ""
    layers: Annotated[tuple[str, ...], Meta(description="All units it shows at, in network order.")] = ()
    neurons: Annotated[tuple[int, ...], Meta(description="Neurons of `layer` it is about, where they are known.")] = ()
    first_step: Annotated[int, Meta(description="Step at which it began to show.")] = 0
    evidence_step: Annotated[
        int,
        Meta(description="First step from `first_step` on at which the evidence is there to see."),
    ] = 0
    last_step: Annotated[int, Meta(description="Last step at which it showed.")] = 0
    evidence: tuple[Evidence, ...]
    cause: Annotated[str, Meta(description="What most likely lies behind it, upstream.")]
    remedy: Annotated[str, Meta(description="What to do, in the imperative.")]
    symptoms: Annotated[tuple["Finding", ...], Meta(description="Findings that this one explains.")] = ()


class NotJudged(Struct, frozen=True, kw_only=True):
    """A rule that could not be applied: that it found nothing says nothing."""

    rule: str
    reason: Annotated[str, Meta(description="What it needs and what there is.")]


class Diagnosis(Struct, frozen=True, kw_only=True):
    """All findings about a run, the worst first."""

    version: int = FINDINGS_VERSION
    steps: Annotated[int, Meta(description="Last step that was recorded when it was judged.")] = 0
    measured: Annotated[int, Meta(description="Steps that were measured layer by layer.")] = 0
    complete: Annotated[bool, Meta(description="Whether the training was over.")] = True
    findings: tuple[Finding, ...] = ()
    rules: Annotated[tuple[str, ...], Meta(description="Names of all rules, applied or not.")] = ()
    not_judged: Annotated[tuple[NotJudged, ...], Meta(description="Rules that lack what they need.")] = ()
    notes: Annotated[tuple[str, ...], Meta(description="What else limits the judgement.")] = ()


def worst(findings: tuple[Finding, ...]) -> Severity | None:
    """Return the greatest severity among findings; None without any."""
    present = {finding.severity for finding in findings}
    return next((severity for severity in reversed(SEVERITIES) if severity in present), None)
