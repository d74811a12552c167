"""The case study on a few images: it fails for the reason that is named, and the mended network learns."""

from pathlib import Path

import pytest

from cnnvis.compose.findings import find
from cnnvis.store.reader import Run, read_run
from studies.failed_training.network import TenConvolutions
from studies.failed_training.picture import picture
from studies.failed_training.training import Result, train


@pytest.fixture(scope="module")
def runs(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Run, Result]]:
    folder = tmp_path_factory.mktemp("study")
    found: dict[str, tuple[Run, Result]] = {}
    for kind, epochs in (("failing", 4), ("mended", 8)):
        result = train(
            kind, shared_data / "cifar10", folder / kind, images=320, epochs=epochs, width=8, every=5  # pyright: ignore[reportArgumentType]
        )  # fmt: skip
        found[kind] = read_run(folder / kind), result
    return found


@pytest.mark.slow
def test_the_failure_is_named_with_layer_and_cause(runs: dict[str, tuple[Run, Result]]) -> None:
    run, result = runs["failing"]
    first = find(run).findings[0]
    assert result.loss == pytest.approx(2.303, abs=0.02)
    assert (first.rule, first.layer) == ("dead-relu", "features.relu1_2")
    assert "mostly negative" in first.cause
    assert "batch norm" in first.remedy
    assert "chance-level" in {symptom.rule for symptom in first.symptoms}


@pytest.mark.slow
def test_mended_as_the_finding_says_it_learns(runs: dict[str, tuple[Run, Result]]) -> None:
    run, result = runs["mended"]
    assert result.loss < runs["failing"][1].loss - 0.1
    assert "chance-level" not in {finding.rule for finding in find(run).findings}


@pytest.mark.slow
def test_the_picture_shows_each_layer_of_both(runs: dict[str, tuple[Run, Result]]) -> None:
    drawn = picture([run for run, _ in runs.values()])
    assert drawn.count("<polyline") == 2 * (2 * 12)
    assert drawn.count(">relu4_3<") == 2
    assert "NaN" not in drawn
    assert "nan" not in drawn


def test_the_network_has_ten_convolutions() -> None:
    names = [name for name, _ in TenConvolutions("failing", width=2).features.named_children()]
    assert sum(name.startswith("conv") for name in names) == 10
