"""Where NaN first arose is known in the very step, measured or not, and where it is not known nothing is named."""

import math
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn import functional

from cnnvis.compose.findings import find
from cnnvis.observe.record.first_place import FirstPlace, all_finite
from cnnvis.observe.record.nonfinite import LATE, NotFinite
from cnnvis.schema.findings import Finding
from cnnvis.schema.series import Event
from tests.observe.record.helpers import CLASSES, SIZE, built, fingerprint, hooks_on, recorded, recorder, sgd, train

BAD = 5
"""The step in which it goes wrong; with `every` large, only the first one is measured."""
_UNMEASURED = {"every": 1000, "snapshots": [0]}


class Wrong(nn.Module):
    """A network that goes wrong in one pass, at a place that can be chosen."""

    def __init__(self, where: str = "") -> None:
        super().__init__()
        self.conv1, self.conv2, self.norm = nn.Conv2d(2, 6, 3), nn.Conv2d(6, 8, 3), nn.BatchNorm2d(8)
        self.conv3, self.drop, self.head = nn.Conv2d(8, 8, 3), nn.Dropout(0.2), nn.Linear(8, CLASSES)
        self.where, self.step = where, 0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        bad = self.where if self.step == BAD else ""
        x = functional.relu(self.conv1(x.sub_(0.5)))  # changes the batch in place
        x = self.conv2(x)
        x = functional.relu(self.norm(x.log() if bad == "forward" else x))
        x = self.conv3(x)
        x = functional.relu((0 * x).sqrt() + x if bad == "backward" else x)
        scores = self.head(self.drop(x.mean((2, 3))))
        return scores.masked_fill(torch.tensor([False, False, True]), -math.inf) if self.where == "left out" else scores


def images_of(step: int, where: str) -> tuple[torch.Tensor, torch.Tensor]:
    images = torch.randn(40, 2, SIZE, SIZE, generator=torch.Generator().manual_seed(step))
    if where == "images" and step == BAD:
        images[-1, 0, 3, 3] = math.nan
    return images, torch.arange(40) % (2 if where == "left out" else CLASSES)


def run(
    to: Path | None, where: str, *, closure: bool = False, skip: bool = False, amp: bool = False, **options: object
) -> tuple[nn.Module, list[torch.Tensor]]:
    model = built(lambda: Wrong(where))
    (optimizer,) = sgd(model)
    torch.manual_seed(7)
    rec = None if to is None else recorder(model, [optimizer], to, **(_UNMEASURED | options))
    if rec is not None:
        rec.start()
    batches: list[torch.Tensor] = []
    for step in range(1, 9):
        model.step = step  # pyright: ignore[reportAttributeAccessIssue]
        images, labels = images_of(step, where)
        batches.append(images)

        def passes(images: torch.Tensor = images, labels: torch.Tensor = labels, step: int = step) -> torch.Tensor:
            optimizer.zero_grad()
            with torch.autocast("cpu", torch.bfloat16, enabled=amp):
                scores = model(images)
            loss = functional.cross_entropy(scores.float(), labels)
            loss = loss + (0 * loss).log() if where == "loss" and step == BAD else loss
            if not skip or bool(torch.isfinite(loss)):
                loss.backward()
            return loss

        if closure:
            loss = optimizer.step(passes)  # pyright: ignore[reportArgumentType]
        else:
            loss = passes()
            if skip and not bool(torch.isfinite(loss)):
                continue
            optimizer.step()
        if rec is not None:
            rec.step(loss)
    if rec is not None:
        rec.close()
        assert rec._shield.problems == []
    assert hooks_on(model, [optimizer]) == 0
    return model, batches


def told(folder: Path) -> list[Event]:
    return [event for event in recorded(folder)[1].events if event.name == "nonfinite"]


def finding(folder: Path) -> Finding:
    return next(one for one in find(recorded(folder)[0]).findings if one.rule == "nonfinite")


@pytest.mark.parametrize("closure", [False, True], ids=["loop", "closure"])
@pytest.mark.parametrize(
    ("where", "layer", "words", "cause"),
    [
        ("forward", "/relu#2", "values before the non-linearity", "first place that was seen"),
        ("backward", "/relu#3", "gradient of its weights", "the derivative was not"),
        ("loss", "head", "gradient of its weights", "the derivative was not"),
        ("images", "", "the training images", "preprocessing"),
    ],
)
def test_the_first_layer_is_known_in_a_step_that_is_not_measured(
    where: str, layer: str, words: str, cause: str, closure: bool, tmp_path: Path
) -> None:
    run(tmp_path / "run", where, closure=closure)
    _, series = recorded(tmp_path / "run")
    assert BAD not in series.lists["weight/norm"].steps.tolist()
    found = finding(tmp_path / "run")
    assert (found.layer, found.first_step, found.layers) == (layer, BAD, (layer,) if layer else ())
    assert words in found.title
    assert cause in found.cause


def test_weights_that_are_written_are_named(tmp_path: Path) -> None:
    model = built()
    optimizers = sgd(model)
    with recorder(model, optimizers, tmp_path / "run", **_UNMEASURED) as rec:
        train(model, optimizers, rec, steps=2)
        with torch.no_grad():
            model.get_parameter("conv2.weight")[0, 0, 0, 0] = math.nan
        train(model, optimizers, rec, steps=3)
    assert [(event.step, event.message) for event in told(tmp_path / "run")] == [
        (3, "The loss is nan."), (3, "Not finite: its weights before the step."),
    ]  # fmt: skip
    assert "code that writes weights" in finding(tmp_path / "run").cause


def blind(_self: FirstPlace, *_of: object) -> None:
    """As on a GPU, where no question can be asked at each step."""


@pytest.mark.parametrize("every", [1000, 6])
def test_what_is_seen_only_later_is_called_unknown(every: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FirstPlace, "begin", blind)
    run(tmp_path / "run", "forward", every=every)
    found = finding(tmp_path / "run")
    assert (found.layer, found.layers, found.first_step) == ("", (), BAD)
    assert found.title == "The loss is not finite"
    assert "The layer is not known" in found.cause
    assert "every=1" in found.remedy


def test_a_place_after_a_loss_that_was_lost_is_not_the_first() -> None:
    for lost, expected in (
        (4, ("", LATE)),
        (5, ("head", "Not finite: its values.")),
        (None, ("head", "Not finite: its values.")),
    ):
        said = NotFinite()
        said.loss(3, 0.5)
        if lost is not None:
            said.loss(lost, math.nan)
        assert said.measured(5, None, watched=True) is None
        assert said.measured(5, ("head", "its values"), watched=True) == expected
        assert said.measured(6, ("head", "its values"), watched=True) is None


def test_a_measured_step_names_the_place_also_where_no_other_is_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FirstPlace, "begin", blind)
    run(tmp_path / "run", "forward", every=BAD)
    assert (finding(tmp_path / "run").layer, finding(tmp_path / "run").first_step) == ("/relu#2", BAD)


def test_weights_spoilt_by_a_step_that_nobody_saw_have_no_first_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The loss of the bad step is finite, its gradients are not."""
    monkeypatch.setattr(FirstPlace, "begin", blind)
    run(tmp_path / "run", "backward", every=BAD + 1)
    assert [(event.step, event.layer, event.message) for event in told(tmp_path / "run")] == [
        (BAD + 1, "", "The loss is nan."), (BAD + 1, "", LATE),
    ]  # fmt: skip
    assert finding(tmp_path / "run").layer == ""


@pytest.mark.parametrize(
    ("where", "amp"),
    [("forward", False), ("forward", True), ("backward", False), ("images", False), ("left out", True)],
)
def test_looking_for_it_changes_nothing(where: str, amp: bool, tmp_path: Path) -> None:
    plain, batches = run(None, where, amp=amp)
    expected = fingerprint(plain)
    model, same = run(tmp_path / "run", where, amp=amp)
    assert fingerprint(model) == expected
    assert all(torch.equal(one.nan_to_num(), other.nan_to_num()) for one, other in zip(batches, same, strict=True))


def test_outputs_that_are_infinite_on_purpose_are_no_finding(tmp_path: Path) -> None:
    run(tmp_path / "run", "left out")
    assert told(tmp_path / "run") == []


def test_a_batch_that_the_loop_leaves_out_is_no_finding(tmp_path: Path) -> None:
    run(tmp_path / "run", "forward", skip=True)
    assert told(tmp_path / "run") == []


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_finite_values_are_told_from_others(kind: torch.dtype) -> None:
    def values(last: float) -> torch.Tensor:
        return torch.tensor([60000.0, 60000.0, 1.0, last], dtype=kind)

    assert all_finite(values(2.0))
    assert not any(all_finite(values(last)) for last in (math.nan, math.inf, -math.inf))
    assert all_finite(torch.full((4,), 3e38))  # their sum is not
    assert all_finite(torch.arange(3))
