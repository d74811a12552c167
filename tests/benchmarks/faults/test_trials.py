"""What the suite is made of: enough of everything, and nothing of a sealed part known beforehand."""

from collections import Counter

import numpy as np
import pytest
import torch
from faults import trials
from faults.families import FAMILIES, Plan
from faults.images import available, load
from faults.network import network
from faults.spare import SPARE
from faults.strengths import DEVELOPMENT, HEALTHY, SCOPES, SEALED
from torch import nn

from cnnvis.analysis.diagnose import RULES

PARTS = list(trials.PARTS.values())
NO_RULE_OF_ITS_OWN = {"chance-level"}
"""What is only ever a symptom."""
needs_data = pytest.mark.skipif(not available("mnist-4000"), reason="no shared data here (set CNNVIS_TEST_DATA)")


def test_every_rule_has_its_fault() -> None:
    assert set(SCOPES) == {rule.name for rule in RULES} - NO_RULE_OF_ITS_OWN


@pytest.mark.parametrize("strengths", [DEVELOPMENT, SEALED, SPARE], ids=["development", "sealed", "spare"])
def test_every_fault_comes_in_three_strengths_at_least(strengths: dict[str, tuple[dict[str, object], ...]]) -> None:
    for fault, options in strengths.items():
        assert len(options) >= 3, fault
        different = {repr(sorted(one.items())) for one in options}
        assert len(different) >= (2 if fault == "nonfinite" else 3), fault


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
@needs_data
def test_a_part_has_enough_of_everything(part: trials.Part) -> None:
    faulty, healthy = trials.faulty(part), trials.healthy(part)
    assert len(healthy) >= max(100, len(faulty))
    assert Counter(trial.kind for trial in healthy).keys() == HEALTHY.keys()
    assert {trial.expected for trial in faulty} == SCOPES.keys()
    names = [trial.name for trial in (*faulty, *healthy)]
    assert len(set(names)) == len(names)
    assert {trial.setup.network for trial in (*faulty, *healthy)} == {family.name for family in part.families}
    assert {trial.setup.data for trial in (*faulty, *healthy)} == set(part.data)
    assert faulty == trials.faulty(part)
    assert trials.named(part, {faulty[3].name}) == [faulty[3]]


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_a_tenth_covers_every_fault_and_every_healthy_kind(part: trials.Part) -> None:
    tenth = trials.tenth(part)
    assert Counter(trial.expected for trial in tenth if trial.expected) == Counter(SCOPES.keys())
    assert Counter(trial.kind for trial in tenth if not trial.expected) == Counter(HEALTHY.keys())


def test_parts_share_neither_networks_nor_images_nor_strengths() -> None:
    for number, part in enumerate(PARTS):
        for other in PARTS[:number]:
            assert not {family.name for family in part.families} & {family.name for family in other.families}
            assert not set(part.data) & set(other.data)
    for strengths, before in ((SEALED, [DEVELOPMENT]), (SPARE, [DEVELOPMENT, SEALED])):
        for fault, options in strengths.items():
            for one in options:
                spoilt = {key: value for key, value in one.items() if not isinstance(value, bool)}
                assert not spoilt or not any(one in known[fault] for known in before), (fault, one)


@needs_data
def test_no_image_is_in_two_parts() -> None:
    """The development part has the same data sets, but other images of them, made smaller."""
    seen: dict[bytes, str] = {}
    for part in PARTS[1:]:
        for name in part.data:
            images = load(name)
            for pixels in (*images.inputs, *images.held_inputs):
                assert seen.setdefault(pixels.numpy().tobytes(), part.name) == part.name
    assert len(seen) > 12_000
    small, large = load("mnist-small"), load("mnist-4000")
    halved = large.inputs.reshape(-1, 1, 14, 2, 14, 2).mean((3, 5))
    known = {np.round(pixels.numpy(), 5).tobytes() for pixels in (*small.inputs, *small.held_inputs)}
    assert not any(np.round(pixels.numpy(), 5).tobytes() in known for pixels in halved)


@pytest.mark.parametrize("family", FAMILIES.values(), ids=lambda family: family.name)
@pytest.mark.parametrize(("size", "channels"), [(8, 1), (14, 1), (16, 3), (28, 1), (32, 3)])
def test_every_network_runs_on_images_of_every_size(family: object, size: int, channels: int) -> None:
    for depth, width in ((0, 1.0), (2, 0.12)):
        net = family.build(Plan(channels=channels, size=size, classes=7, depth=depth, width=width))  # pyright: ignore[reportAttributeAccessIssue]
        assert net(torch.randn(2, channels, size, size)).shape == (2, 7)
        modules = dict(net.named_modules())
        for path in family.convolutions(depth):  # pyright: ignore[reportAttributeAccessIssue]
            assert isinstance(modules[path], nn.Conv2d | nn.Linear)


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_single_layers_can_be_spoilt(part: trials.Part) -> None:
    for trial in trials.faulty(part):
        if trial.setup.where or trial.setup.detached or trial.setup.log_at:
            net = network(trial.setup, channels=1, size=28)
            for path in (*trial.setup.where, trial.setup.detached, trial.setup.log_at):
                assert not path or isinstance(net.get_submodule(path), nn.Module)
