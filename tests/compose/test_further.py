"""The passes after the first: how far they go, and that nothing in them loses what was collected."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

import cnnvis
from cnnvis.compose import further
from cnnvis.compose.further import contribution_limits, contribution_seconds
from cnnvis.schema.errors import DataError


def model() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 3))


def images() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (24, 8, 8, 3)).astype(np.uint8), np.arange(24) % 3


def test_a_run_holds_contributions_and_the_users_groups(tmp_path: Path) -> None:
    groups = {"pets": ["ant", "cat"], "others": ["bee"]}
    names = ("ant", "bee", "cat")
    run = cnnvis.analyze(model(), images(), to=tmp_path / "run", class_names=names, class_groups=groups, progress=False)
    assert run.contributions is not None
    assert run.contributions.units == {"1", "4"}
    assert int(run.contributions.images.sum()) == 24
    assert [(group.name, group.all_classes) for group in run.file.class_groups] == [("pets", (0, 2)), ("others", (1,))]


def test_they_can_be_left_out(tmp_path: Path) -> None:
    run = cnnvis.analyze(model(), images(), to=tmp_path / "run", contributions=False, progress=False)
    assert run.contributions is None
    assert not any("ontribution" in warning for warning in run.snapshot.warnings)


def test_a_pass_that_breaks_becomes_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object, **__: object) -> None:
        message = "CUDA out\nof memory"
        raise RuntimeError(message)

    monkeypatch.setattr(further, "contribute", breaks)
    run = cnnvis.analyze(model(), images(), to=tmp_path / "run", progress=False)
    assert run.contributions is None
    assert run.snapshot.images_seen == 24
    (warning,) = [each for each in run.snapshot.warnings if "ontributions" in each]
    assert warning.startswith("Contributions failed (CUDA out of memory); all else is there.")
    assert "--no-contributions" in warning


def test_unknown_classes_are_refused_before_the_pass(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="name 'dog', which the data do not have"):
        cnnvis.analyze(model(), images(), to=tmp_path / "run", class_groups={"pets": ["dog"]}, progress=False)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("images_seen", "classes", "looked_at", "confused"),
    [(100, 10, 200, 5), (5000, 10, 500, 5), (50_000, 1000, 5000, 5), (8000, 1000, 2000, 1), (900, 1000, 225, 1)],
)
def test_the_second_pass_takes_no_longer_than_the_first(
    images_seen: int, classes: int, looked_at: int, confused: int
) -> None:
    limits = contribution_limits(images_seen, classes=classes)
    assert (limits.images, limits.confused) == (looked_at, confused)
    # In units of a forward pass: one forward, and two for each class that is looked at (measured: seven in all).
    if images_seen >= 2000:
        assert looked_at * (1 + (1 + confused)) <= images_seen


def test_how_long_the_second_pass_takes() -> None:
    assert contribution_seconds(5000, 0.01, classes=10) == pytest.approx(500 * 0.01 * 7)
    assert contribution_seconds(100, 0.01, classes=2) == pytest.approx(100 * 0.01 * 3)  # there is one class to confuse
    assert contribution_seconds(100_000, 0.01, classes=1000) == pytest.approx(10_000 * 0.01 * 7)
