"""Which meanings there are, why one is missing, and which is believed."""

from pathlib import Path

import pytest

from cnnvis.compose.connection_modes import Modes, connection_modes
from cnnvis.compose.measured import Measured
from cnnvis.compose.members import Members
from cnnvis.schema.connections import ContributionConnections, ContributionMatrix
from cnnvis.schema.errors import RunError
from cnnvis.schema.worker import CheckResult
from tests.compose.test_cluster_links import CLUSTERS, THREE, TWO, contribution, make_run

CUT: dict[str, Members] = {"relu": TWO, "fc": ((0,), (1, 2))}


def check(weights: float | None, by_contribution: float | None) -> CheckResult:
    better = None
    if weights is not None and by_contribution is not None:
        better = "weights" if weights >= by_contribution else "contribution"
    return CheckResult(
        images=12, pairs=(), weights=weights, contribution=by_contribution, better=better, weak=False, fill="zero"
    )


def modes(found: CheckResult | None, *, both: bool = True) -> Modes:
    available = ("weights", "contribution") if both else ("weights",)
    return Modes(available=available, stored=available, absent=(), contribution=None, check=found)


def test_modes_are_those_that_are_stored(tmp_path: Path) -> None:
    both = connection_modes(make_run(tmp_path / "both"), CLUSTERS)
    assert (both.available, both.stored, both.absent) == (("weights", "contribution"), both.available, ())
    assert (both.images("contribution"), both.images("weights")) == (9, None)
    none = connection_modes(make_run(tmp_path / "none", by_weight=False, stored=None), CLUSTERS)
    assert none.available == ()
    assert [(one.mode, one.why, one.job) for one in none.absent] == [
        ("weights", "The analysis wrote none: analyse the network again.", False),
        ("contribution", "The analysis was made without contributions.", True),
    ]


@pytest.mark.parametrize(
    ("clusters", "why"),
    [
        (CUT, "The analysis computed them for the clusters as they were before they were changed."),
        ({"relu": TWO}, "The analysis computed them for the columns as they are when nothing is opened."),
    ],
)
def test_why_a_meaning_is_missing_is_said(tmp_path: Path, clusters: dict[str, Members], why: str) -> None:
    found = connection_modes(make_run(tmp_path / "run"), clusters)
    assert found.available == ("weights",)
    assert [(one.mode, one.why, one.job) for one in found.absent] == [("contribution", why, True)]


def test_what_the_network_found_out_later_is_there_but_not_stored_by_the_analysis(tmp_path: Path) -> None:
    run = make_run(tmp_path / "run")
    measured = Measured(run)
    clusters = CUT["fc"]
    matrix = ContributionMatrix(source="relu", target="fc", clusters=clusters, values=contribution(clusters))
    measured.keep_contribution(CUT, ContributionConnections(pairs={("relu", "fc"): matrix}, images=4, notes=("So.",)))
    found = connection_modes(run, CUT, measured)
    assert (found.available, found.stored, found.absent) == (("weights", "contribution"), ("weights",), ())
    assert (found.images("contribution"), found.notes("contribution"), found.notes("weights")) == (4, ("So.",), ())
    assert connection_modes(run, {"relu": TWO, "fc": ((0, 1, 2),)}, measured).images("contribution") == 9
    assert connection_modes(run, {"relu": ((0, 1, 2, 3, 4),), "fc": THREE}, measured).images("contribution") == 9


def test_the_mode_asked_for_or_the_better_one() -> None:
    assert modes(None).choose(None) == "contribution"
    assert modes(None, both=False).choose(None) == "weights"
    assert modes(None).choose("weights") == "weights"
    assert modes(check(0.7, 0.4)).choose(None) == "weights"
    assert modes(check(0.4, 0.7)).choose(None) == "contribution"
    assert modes(check(0.4, 0.7), both=False).choose(None) == "weights"
    with pytest.raises(RunError, match="no connections by contribution for these columns and clusters"):
        modes(None, both=False).choose("contribution")


def test_a_meaning_that_ranks_badly_is_warned_of() -> None:
    found = modes(check(0.21, 0.3))
    assert found.warning("weights") == (
        "On 12 probe images connections by weights ranked badly what removing clusters does (rank correlation 0.21): "
        "take the curves as a hint only."
    )
    assert found.warning("contribution") == ""
    assert modes(None).warning("weights") == ""
    assert modes(check(None, None)).warning("weights") == ""
    assert (found.agreement.weights, found.agreement.contribution, found.agreement.images) == (0.21, 0.3, 12)
    assert modes(None).agreement.images is None
