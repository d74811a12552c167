"""What the network was asked is found again for the same clusters, and for no others."""

from pathlib import Path

import numpy as np

from cnnvis.compose.measured import Measured
from cnnvis.compose.members import Members
from cnnvis.schema.connections import ContributionConnections, ContributionMatrix
from cnnvis.schema.worker import CheckResult
from cnnvis.store.reader import read_run
from tests.making.folder import write_run

CLUSTERS: dict[str, Members] = {"relu": ((0, 2), (1,)), "fc": ((0,), (1, 2))}
CHECK = CheckResult(images=7, pairs=(), weights=0.5, contribution=None, better="weights", weak=False, fill="zero")


def contribution() -> ContributionConnections:
    matrix = ContributionMatrix(source="relu", target="fc", clusters=CLUSTERS["fc"], values=np.ones((3, 2), np.float32))
    return ContributionConnections(pairs={("relu", "fc"): matrix}, images=7)


def test_answers_are_kept_in_the_run_for_these_clusters(tmp_path: Path) -> None:
    run = read_run(write_run(tmp_path / "run"))
    measured = Measured(run)
    assert measured.check(CLUSTERS) is None
    assert measured.contribution(CLUSTERS) is None
    measured.keep_check(CLUSTERS, CHECK)
    measured.keep_contribution(CLUSTERS, contribution())
    assert measured.version == 2
    again = Measured(read_run(run.path))
    turned = {"fc": ((2, 1), (0,)), "relu": ((1,), (2, 0))}
    for columns in (CLUSTERS, turned):
        assert again.check(columns) == CHECK
        found = again.contribution(columns)
        assert found is not None
        np.testing.assert_array_equal(found.pairs["relu", "fc"].values, np.ones((3, 2)))
    assert again.check({"relu": ((0,), (1, 2)), "fc": CLUSTERS["fc"]}) is None
    assert again.contribution({"relu": CLUSTERS["relu"]}) is None


def test_damaged_answers_are_none(tmp_path: Path) -> None:
    run = read_run(write_run(tmp_path / "run"))
    measured = Measured(run)
    measured.keep_check(CLUSTERS, CHECK)
    measured.keep_contribution(CLUSTERS, contribution())
    for file in (run.path / "derived").rglob("*"):
        if file.is_file():
            file.write_bytes(b"{")
    again = Measured(read_run(run.path))
    assert again.check(CLUSTERS) is None
    assert again.contribution(CLUSTERS) is None
