"""The case study on a few images: it fails for the reason that is named, and the mended network learns."""

from pathlib import Path

import pytest

from cnnvis.compose.findings import find
from cnnvis.store.reader import Run, read_run
from studies.failed_training.network import Kind, TenConvolutions
from studies.failed_training.picture import curves, layers
from studies.failed_training.training import Result, train

Runs = dict[Kind, tuple[Run, Result]]


@pytest.fixture(scope="module")
def runs(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """Both networks, three quarters as wide, for six epochs on a fifth of the images, at the recorder's defaults."""
    folder = tmp_path_factory.mktemp("study")
    found: Runs = {}
    for kind in ("failing", "mended"):
        result = train(kind, shared_data / "cifar10", folder / kind, images=1000, epochs=6, width=12)
        found[kind] = read_run(folder / kind), result
    return found


@pytest.mark.slow
def test_it_fails_and_learns_once_it_is_mended(runs: Runs) -> None:
    _, failing = runs["failing"]
    _, mended = runs["mended"]
    assert failing.loss == pytest.approx(2.303, abs=0.02)
    assert failing.accuracy <= 0.15
    assert mended.loss < failing.loss - 0.2
    assert mended.accuracy > 0.15


@pytest.mark.slow
def test_the_failure_is_named_with_layer_and_cause(runs: Runs) -> None:
    (only,) = find(runs["failing"][0]).findings
    assert (only.rule, only.layer) == ("dead-relu", "features.relu1_2")
    assert "mostly negative" in only.cause
    assert "batch norm" in only.remedy
    assert "chance-level" in {symptom.rule for symptom in only.symptoms}


@pytest.mark.slow
def test_in_the_mended_network_no_convolution_is_found_fault_with(runs: Runs) -> None:
    """So narrow and for 90 steps only, it may still lose neurons of its linear layer."""
    found = find(runs["mended"][0])
    rules = {one.rule for finding in found.findings for one in (finding, *finding.symptoms)}
    assert "chance-level" not in rules
    assert not any(layer.startswith("features") for finding in found.findings for layer in finding.layers)
    assert found.measured >= 20


@pytest.mark.slow
def test_the_pictures_show_each_layer_and_each_training(runs: Runs) -> None:
    drawn = layers([run for run, _ in runs.values()])
    assert drawn.count("<polyline") == 2 * (2 * 12)
    assert drawn.count(">relu4_3<") == 2
    both = curves({kind: [run] for kind, (run, _) in runs.items()})
    assert both.count("<polyline") == 4
    assert "failing, 1 seeds" in both
    for picture in (drawn, both):
        assert "nan" not in picture.lower().replace("font-family", "")


def test_the_network_has_ten_convolutions() -> None:
    names = [name for name, _ in TenConvolutions("failing", width=2).features.named_children()]
    assert sum(name.startswith("conv") for name in names) == 10
