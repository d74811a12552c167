"""The frame of the picture: what it says of the run as a whole."""

from pathlib import Path

import pytest

from cnnvis.analysis.group import group_layers
from cnnvis.compose.scene import build_scene
from tests.compose.test_cluster_links import make_run


@pytest.mark.parametrize(
    ("by_weight", "by_contribution", "connected"),
    [(True, True, True), (True, False, True), (False, True, True), (False, False, False)],
)
def test_it_says_whether_there_are_connections(
    tmp_path: Path, *, by_weight: bool, by_contribution: bool, connected: bool
) -> None:
    stored = {} if by_contribution else {"stored": None}
    run = make_run(tmp_path / "run", by_weight=by_weight, **stored)
    scene = build_scene(run, group_layers(run.graph), "run", "api/runs/run")
    assert scene.connected is connected
