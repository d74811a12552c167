"""`cnnvis check RUN`: what is wrong with a recorded training, as text or JSON, with an exit code for scripts."""

import textwrap
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

import msgspec

from cnnvis.cli.console import Console
from cnnvis.cli.exit_codes import FOUND, OK
from cnnvis.compose.findings import find
from cnnvis.schema.findings import SEVERITIES, Diagnosis, Evidence, Finding, worst
from cnnvis.store.reader import read_run

FEW = 8
"""Measured steps below which nothing is said to be sound."""
_WIDTH = 100


def run(options: Namespace, console: Console) -> int:
    """Print the findings of a run.

    Raises:
        CnnvisError: The run cannot be opened, or holds no recorded training.

    """
    path: Path = options.run
    diagnosis = find(read_run(path))
    if options.json:
        console.line(msgspec.json.format(msgspec.json.encode(diagnosis), indent=2).decode())
    else:
        for line in told(diagnosis, path.name):
            console.line(line)
    found = worst(diagnosis.findings)
    if options.fail_on is None or found is None:
        return OK
    return FOUND if SEVERITIES.index(found) >= SEVERITIES.index(options.fail_on) else OK


def told(diagnosis: Diagnosis, name: str) -> Iterator[str]:
    """Yield the lines of a diagnosis as a person reads it."""
    yield f"{name}: {_result(diagnosis)}"
    for finding in diagnosis.findings:
        yield ""
        yield from _finding(finding)
    if diagnosis.not_judged:
        yield ""
        by_reason: dict[str, list[str]] = {}
        for one in diagnosis.not_judged:
            by_reason.setdefault(one.reason, []).append(one.rule)
        for reason, rules in by_reason.items():
            yield from _wrapped("not judged: ", f"{', '.join(rules)} ({reason})")
    for note in diagnosis.notes:
        yield ""
        yield from _wrapped("note: ", note)


def _result(diagnosis: Diagnosis) -> str:
    """Return the first line: never that nothing was found where too little was seen."""
    looked = f"{diagnosis.measured:,} of them measured layer by layer"
    seen = f"{diagnosis.steps:,} steps, {looked}{'' if diagnosis.complete else ', not finished'}"
    if diagnosis.findings:
        return f"{_counted(len(diagnosis.findings))} in {seen}"
    rules, missing = len(diagnosis.rules), len(diagnosis.not_judged)
    if diagnosis.measured < FEW:
        return f"too little was seen to judge: {seen} ({missing} of {rules} rules could not judge)"
    judged = f"all {rules} rules judged" if not missing else f"{missing} of {rules} rules could not judge"
    return f"nothing found in {seen} ({judged})"


def _finding(finding: Finding) -> Iterator[str]:
    yield f"{finding.severity}: {finding.title} ({finding.rule})"
    where = [f"at {finding.layer}"] if finding.layer else []
    if len(finding.layers) > 1:
        where.append(f"in {len(finding.layers)} layers")
    if finding.neurons:
        shown = ", ".join(map(str, finding.neurons[:12])) + (" ..." if len(finding.neurons) > 12 else "")
        where.append(f"neurons {shown}")
    where.append(f"steps {finding.first_step:,} to {finding.last_step:,}")
    yield from _wrapped("  where:    ", "; ".join(where))
    for one in finding.evidence:
        yield from _wrapped("  evidence: ", evidence_line(one))
    yield from _wrapped("  cause:    ", finding.cause)
    yield from _wrapped("  remedy:   ", finding.remedy)
    if finding.symptoms:
        yield from _wrapped("  explains: ", "; ".join(f"{one.title} ({one.rule})" for one in _all(finding.symptoms)))


def evidence_line(one: Evidence) -> str:
    """Return one number of evidence as a line: ``share of dead neurons: 0.95 (threshold 0.6)``."""
    held = "" if one.threshold is None else f" (threshold {_number(one.threshold)})"
    return f"{one.text}: {_number(one.value)}{held}"


def _all(symptoms: tuple[Finding, ...]) -> Iterator[Finding]:
    for symptom in symptoms:
        yield symptom
        yield from _all(symptom.symptoms)


def _number(value: float | str | None) -> str:
    return f"{value:.4g}" if isinstance(value, float | int) else str(value)


def _counted(count: int) -> str:
    return "1 finding" if count == 1 else f"{count} findings"


def _wrapped(head: str, text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent=head, subsequent_indent=" " * len(head))
