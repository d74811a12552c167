"""Findings held against what was injected, and the figures made of that."""

import math

import pytest
from faults.judging import Verdict, score, verdict, wilson
from faults.setup import Setup, Trial
from hypothesis import given
from hypothesis import strategies as st

from cnnvis.schema.findings import Diagnosis, Evidence, Finding, NotJudged
from tests.making.training import graph


def finding(rule: str, *symptoms: Finding, layer: str = "", step: int = 0) -> Finding:
    one = Evidence(quantity="loss", text="loss", value=1.0)
    return Finding(
        rule=rule, title=rule, severity="error", layer=layer, first_step=step, evidence=(one,), cause="", remedy="",
        symptoms=symptoms,
    )  # fmt: skip


def judged(expected: str, *found: Finding, place: tuple[str, ...] = (), spread: bool = False, step: int = 0) -> Verdict:
    trial = Trial(name="x", setup=Setup(), expected=expected, place=place, spread=spread, step=step)
    missing = (NotJudged(rule="overfitting", reason="no validation"),)
    return verdict(trial, Diagnosis(findings=found, not_judged=missing), graph())


def test_a_fault_is_named_when_its_finding_is_not_folded() -> None:
    alone = judged("dead-relu", finding("dead-relu", finding("chance-level", finding("underfitting"))))
    assert (alone.named, alone.first, alone.alone) == (True, True, True)
    assert alone.folded == ("chance-level", "underfitting")
    assert (alone.place, alone.step, alone.unjudged) == (None, None, ("overfitting",))
    beside = judged("dead-relu", finding("inputs"), finding("dead-relu"))
    assert (beside.named, beside.first, beside.alone) == (True, False, False)
    folded = judged("dead-relu", finding("inputs", finding("dead-relu")))
    assert (folded.named, folded.first, folded.alone) == (False, False, False)


def test_the_place_is_right_when_a_member_of_the_unit_was_spoilt() -> None:
    """The graph's unit `relu2` is made of the modules `conv2` and `relu2`."""
    assert judged("dead-relu", finding("dead-relu", layer="relu2"), place=("conv2",)).place is True
    assert judged("dead-relu", finding("dead-relu", layer="relu1"), place=("conv2",)).place is False
    assert judged("dead-relu", finding("inputs", layer="relu2"), place=("conv2",)).place is None


@pytest.mark.parametrize(("first", "right"), [(79, False), (80, True), (104, True), (105, False)])
def test_the_step_is_right_up_to_the_next_measured_ones(first: int, right: bool) -> None:
    assert judged("dead-relu", finding("dead-relu", step=first), step=80).step is right


def test_the_score_counts() -> None:
    found = [
        judged("inputs", finding("inputs", layer="relu1"), place=("conv2",)),
        judged("inputs", finding("dead-relu"), finding("inputs", layer="relu1"), place=("conv1",)),
        judged("inputs"),
        judged(""),
        judged("", finding("inputs"), finding("dead-relu")),
    ]
    one = score(found)
    assert (one.faulty, one.named, one.first, one.alone, one.placed, one.places) == (3, 2, 1, 1, 1, 2)
    assert (one.healthy, one.alarms, one.alarmed) == (2, 2, 1)
    assert one.recall == 2 / 3
    assert one.false_alarms == 1.0
    assert score([]).recall == 0.0


def test_a_fault_spread_over_layers_does_not_make_the_rate_of_right_places_better() -> None:
    one = score([
        judged("inputs", finding("inputs", layer="relu1"), place=("conv2",)),
        judged("inputs", finding("inputs", layer="relu2"), place=("conv1", "conv2"), spread=True),
        judged("inputs", place=("conv1", "conv2"), spread=True),
    ])  # fmt: skip
    assert (one.placed, one.places) == (0, 1)
    assert (one.spread, one.spreads) == (1, 1)


@given(st.integers(1, 400).flatmap(lambda count: st.tuples(st.integers(0, count), st.just(count))))
def test_wilson_is_where_the_score_test_gives_up(hits_of: tuple[int, int]) -> None:
    """The ends are the shares p whose distance from the observed one is 1.96 deviations of p."""
    hits, count = hits_of
    low, high = wilson(hits, count)
    observed = hits / count
    assert 0.0 <= low <= observed + 1e-12
    assert observed - 1e-12 <= high <= 1.0
    for end in (low, high):
        if 1e-9 < end < 1.0 - 1e-9:
            assert abs(observed - end) == pytest.approx(1.96 * math.sqrt(end * (1 - end) / count), rel=1e-6)


def test_wilson_of_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert wilson(0, 100)[1] == pytest.approx(0.0370, abs=1e-4)
