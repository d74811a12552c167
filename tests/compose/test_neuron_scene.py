"""A neuron's contributions, and what it says against classes that others are confused with."""

from pathlib import Path

import numpy as np
import pytest

from cnnvis.compose.neuron_scene import build_neuron
from cnnvis.store.reader import read_run
from tests.making.folder import write_run


@pytest.mark.parametrize("neuron", range(5))
def test_contributions_are_those_stored(tmp_path: Path, neuron: int) -> None:
    run = read_run(write_run(tmp_path / "run"))
    scene = build_neuron(run, "relu", neuron, "c1", "api/runs/run")
    assert run.contributions is not None
    found = run.contributions.unit("relu")
    assert scene.contributions == tuple(found.values[:, neuron].tolist())
    pairs = [(label, other, float(found.confused_values[label, 0, neuron])) for label, other in ((0, 2), (2, 0))]
    against = sorted((pair for pair in pairs if pair[2] < 0), key=lambda pair: pair[2])
    assert [(each.label, each.confused, each.value) for each in scene.suppressed] == against


def test_a_layer_without_contributions_says_so(tmp_path: Path) -> None:
    run = read_run(write_run(tmp_path / "run"))
    scene = build_neuron(run, "fc", 0, "c1", "api/runs/run")
    assert scene.contributions is None
    assert scene.suppressed == ()
    assert np.isfinite([value for value in scene.profile if value is not None]).all()
