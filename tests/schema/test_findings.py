"""The words of a diagnosis."""

import msgspec
import pytest

from cnnvis.schema.findings import SEVERITIES, Diagnosis, Evidence, Finding, Severity, worst


def finding(severity: Severity) -> Finding:
    one = Evidence(quantity="loss", text="loss", value="nan", threshold=2.0)
    return Finding(rule="a", title="b", severity=severity, evidence=(one,), cause="c", remedy="d")


@pytest.mark.parametrize("severity", SEVERITIES)
def test_the_worst_of_several(severity: Severity) -> None:
    milder = tuple(finding(other) for other in SEVERITIES[: SEVERITIES.index(severity) + 1])
    assert worst(milder) == worst(milder[::-1]) == severity


def test_of_none_there_is_no_worst() -> None:
    assert worst(()) is None


def test_json_and_back() -> None:
    whole = Diagnosis(steps=3, findings=(finding("hint"),), rules=("a",), notes=("n",))
    assert msgspec.json.decode(msgspec.json.encode(whole), type=Diagnosis) == whole
