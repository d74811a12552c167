"""Which snapshot an address is about."""

from pathlib import Path

import pytest

from cnnvis.serve.parameters import read_parameters
from cnnvis.serve.problems import ParameterError
from cnnvis.serve.runs import RunShelf
from cnnvis.serve.snapshots import MOST_BASES, AtSnapshot
from tests.making.recorded import write_recorded


def asked(*query: tuple[str, str]) -> AtSnapshot:
    return read_parameters(AtSnapshot, query, {})


def test_the_newest_unless_the_address_says_otherwise(tmp_path: Path) -> None:
    shelf = RunShelf([write_recorded(tmp_path / "run")])
    for query, step in (
        ((), 40),
        ((("step", "20"),), 20),
        ((("basis", "20"),), 20),
        ((("step", "0"), ("basis", "20"), ("basis", "40")), 0),
    ):
        at = asked(*query)
        studio = shelf.studio("run", step=at.step, basis=at.basis)
        assert studio.run.snapshot.step == step
        assert shelf.studio("run", step=at.step, basis=at.basis) is studio


def test_a_page_cannot_go_through_snapshots_without_end() -> None:
    with pytest.raises(ParameterError, match="given 65 times"):
        asked(*[("basis", "20")] * (MOST_BASES + 1))
