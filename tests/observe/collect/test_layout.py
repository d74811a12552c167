"""The order in memory that images are shown in: used where it pays and is borne, and never seen in what comes out."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from cnnvis.observe.collect import Collected, CollectOptions, collect
from cnnvis.observe.collect import engine as engine_module
from cnnvis.observe.collect.layout import same_sums, with_channels_last
from cnnvis.observe.model_input import ModelInput
from tests.observe.collect.helpers import Memory, evenly, graph_of, same_bytes


class Plain(nn.Module):
    """Two convolutions and a classifier; remembers whether a batch came with channels last."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.first, self.second = nn.Conv2d(3, 5, 3), nn.Conv2d(5, 8, 3)
        self.classify = nn.Linear(8 * 4 * 4, 3)
        self.seen: list[tuple[int, bool]] = []

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.seen.append((len(x), x.stride(1) == 1))
        return self.classify(self.flat(torch.relu(self.second(torch.relu(self.first(x))))))

    def flat(self, maps: torch.Tensor) -> torch.Tensor:
        return maps.flatten(1)


class Viewing(Plain):
    """Flattens with `view`, which only works with positions last."""

    def flat(self, maps: torch.Tensor) -> torch.Tensor:
        return maps.view(len(maps), -1)


class ViewingLarge(Plain):
    """The same for batches of more than two images."""

    def flat(self, maps: torch.Tensor) -> torch.Tensor:
        return maps.view(len(maps), -1) if len(maps) > 2 else maps.flatten(1)


class Normed(Plain):
    """With a batch norm after the first convolution: the two are one while they are looked at."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(5).eval()
        with torch.no_grad():
            self.norm.weight.uniform_(0.5, 1.5)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.seen.append((len(x), x.stride(1) == 1))
        maps = self.normed(self.first(x))
        return self.classify(self.flat(torch.relu(self.second(torch.relu(maps)))))

    def normed(self, maps: torch.Tensor) -> torch.Tensor:
        return self.norm(maps)


class ViewingBetween(Normed):
    """Calls `view` between the two, on batches of more than two images."""

    def normed(self, maps: torch.Tensor) -> torch.Tensor:
        if len(maps) > 2:
            maps.view(-1)
        return super().normed(maps)


class Bypassing(Normed):
    """Gives the norm something else than the convolution's output, in batches of five images."""

    def normed(self, maps: torch.Tensor) -> torch.Tensor:
        return super().normed(maps * 1.0 if len(maps) == 5 else maps)


class Careless(Plain):
    """Reads its input as it lies in memory."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return super().forward(torch.as_strided(x, x.shape, (3 * 64, 64, 8, 1)))


IMAGES = np.random.default_rng(0).standard_normal((22, 3, 8, 8)).astype(np.float32)
LABELS = np.arange(22) % 3


def passed(
    model: nn.Module,
    *,
    pays: bool,
    batches: Sequence[np.ndarray] = tuple(evenly(22, 5)),
    options: CollectOptions | None = None,
    stop_at: int | None = None,
) -> Collected:
    graph = graph_of(model, IMAGES)
    source = Memory(IMAGES, LABELS, batches, stop_at=stop_at)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine_module, "channels_last_pays", lambda *_: pays)
        return collect(model, source, graph, options=options or CollectOptions(classes=3))


def orders(model: Plain) -> set[bool]:
    """Return whether whole batches came with channels last; those that were only tried do not count."""
    return {last for images, last in model.seen[-5:] if images > 2}


@pytest.mark.parametrize(
    ("kind", "last"),
    [
        (Plain, True),
        (Viewing, False),
        (ViewingLarge, False),
        (ViewingBetween, False),
        (Bypassing, True),
        (Careless, False),
    ],
)
def test_what_comes_out_is_the_same(kind: type[Plain], last: bool) -> None:
    model, usual = kind(), kind()
    strides = [parameter.stride() for parameter in model.parameters()]
    found, expected = passed(model, pays=True), passed(usual, pays=False)
    assert orders(model) == {last}
    assert orders(usual) == {False}
    assert [parameter.stride() for parameter in model.parameters()] == strides
    assert found.facts.correct == expected.facts.correct
    for name, unit in found.statistics.units.items():
        for key, array in vars(unit).items():
            np.testing.assert_allclose(array, vars(expected.statistics.units[name])[key], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("kind", [ViewingLarge, ViewingBetween, Bypassing])
def test_a_resumed_pass_knows_what_the_network_did_not_bear(kind: type[Plain], tmp_path: Path) -> None:
    # Small batches at the end: alone, they would be looked at in the way that the large ones did not bear.
    batches = np.split(np.arange(22), [6, 11, 14, 16, 18, 20])
    whole = passed(kind(), pays=True, batches=batches)
    kept = CollectOptions(classes=3, state=tmp_path)
    assert not passed(kind(), pays=True, batches=batches, options=kept, stop_at=3).facts.complete
    resumed = kind()
    resuming = CollectOptions(classes=3, state=tmp_path, resume=True)
    same_bytes(whole, passed(resumed, pays=True, batches=batches, options=resuming))
    assert {last for _, last in resumed.seen[-4:]} == {kind is Bypassing}


def test_only_maps_change_their_order() -> None:
    inputs = ModelInput((torch.arange(24.0).reshape(1, 2, 3, 4), torch.ones(1, 5)))
    image, other = with_channels_last(inputs).args
    assert isinstance(image, torch.Tensor)
    assert image.stride() == (24, 1, 8, 2)
    assert torch.equal(image, inputs.image)
    assert other is inputs.args[1]


def test_sums_that_differ_by_rounding_are_the_same() -> None:
    sums = torch.tensor([[100.0, 1e-7, torch.nan], [-50.0, 0.0, torch.inf]])
    assert same_sums(sums, sums * (1 + 1e-6))
    assert same_sums(sums, sums + torch.tensor([0.0, 1e-5, 0.0]))
    assert not same_sums(sums, sums * torch.tensor([1.1, 1.0, 1.0]))
    assert not same_sums(sums, torch.nan_to_num(sums))
