"""The matrices that are sent: the stored values turned round, NaN without images, and the facts beside them."""

from pathlib import Path
from unittest.mock import Mock

import numpy as np
import pytest

from cnnvis.compose.matrix import matrix_bytes, matrix_facts, matrix_values
from cnnvis.store.reader import Run, read_run
from tests.making.folder import write_run


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return read_run(write_run(tmp_path / "run"))


def test_the_facts_say_what_the_values_are(run: Run) -> None:
    activations, contributions = matrix_facts(run, "relu")
    assert (activations.facet, activations.unit, activations.images) == (
        "activations",
        "mean activation",
        "on 12 images",
    )
    assert contributions.facet == "contributions"
    assert (contributions.unit, contributions.images) == ("contribution to the class score", "on 12 probe images")
    assert run.contributions is not None
    sizes = np.sort(np.abs(run.contributions.values("relu").astype(np.float64)).ravel())
    assert sizes[-2] < contributions.limit <= sizes[-1]
    (logits,) = matrix_facts(run, "fc")
    assert logits.unit == "mean output"


@pytest.mark.parametrize("place", [0, 1])
def test_every_neuron_has_the_ends_of_its_own_ramp_over_all_classes(run: Run, place: int) -> None:
    facts = matrix_facts(run, "relu")[place]
    sent = matrix_bytes(run, "relu", facts.facet)
    assert sent is not None
    for row, lowest, highest in zip(np.frombuffer(sent, "<f2").reshape(5, 3), facts.lowest, facts.highest, strict=True):
        assert lowest == pytest.approx(float(min(row)), rel=1e-3)
        assert highest == pytest.approx(float(max(row)), rel=1e-3)


def test_rows_are_neurons_and_columns_classes(run: Run) -> None:
    values = matrix_values(run, "relu", "activations")
    assert values is not None
    stored = run.statistics.unit("relu").after_mean
    assert [[values[neuron, label] for neuron in range(5)] for label in range(3)] == stored.tolist()


def test_what_is_not_finite_is_sent_as_nan_and_what_is_too_large_as_the_largest(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = np.array([[1.0, np.inf], [np.nan, -1e9], [0.1, 7e4]], np.float32)
    monkeypatch.setattr(run.statistics, "array", Mock(return_value=stored))
    sent = matrix_bytes(run, "relu", "activations")
    assert sent is not None
    values = np.frombuffer(sent, "<f2").reshape(2, 3)
    np.testing.assert_array_equal(values, np.array([[1, np.nan, 0.1], [np.nan, -65504, 65504]], np.float16))
    (activations, _) = matrix_facts(run, "relu")
    assert (activations.lowest, activations.highest) == ((0.1, -65500.0), (1.0, 65500.0))
    monkeypatch.setattr(run.statistics, "array", Mock(return_value=np.full((3, 2), np.nan, np.float32)))
    assert matrix_bytes(run, "relu", "activations") is None
    assert [facts.facet for facts in matrix_facts(run, "relu")] == ["contributions"]
