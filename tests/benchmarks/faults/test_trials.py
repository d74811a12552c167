"""What the suite is made of: enough of everything, and nothing of a sealed part known beforehand."""

from collections import Counter

import numpy as np
import pytest
import torch
from faults import trials
from faults.families import FAMILIES, Plan
from faults.images import SPARE as SPARE_IMAGES
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
    assert not any(
        trial.setup.pretrained for trial in tenth if trial.expected
    )  # two trainings are not the least effort


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
    """All are held against each other upright and at the development part's size: neither hides an image."""
    seen: dict[bytes, str] = {}
    for part in PARTS:
        for name in part.data:
            for image in as_small(name):
                assert seen.setdefault(image.tobytes(), part.name) == part.name, name
    assert len(seen) > 25_000


def as_small(name: str) -> np.ndarray:
    """Return all images of a data set [images, channels, height, width], upright, of at most 16 pixels a side."""
    images = load(name)
    pixels = torch.cat([images.inputs, images.held_inputs]).numpy()
    if name.endswith("-rotated"):
        pixels = np.rot90(pixels, -1, axes=(2, 3))
    count, channels, side, _ = pixels.shape
    if side > 16:
        pixels = pixels.reshape(count, channels, side // 2, 2, side // 2, 2).mean((3, 5))
    return np.round(pixels * (4 * 255)).astype(np.int16)


@pytest.mark.parametrize("data", SPARE_IMAGES)
@needs_data
def test_the_spare_part_has_as_many_images_as_there_are(data: str) -> None:
    """CIFAR-10's second sheets hold 2000; of digits and clothes enough is left over for as many as elsewhere."""
    images = load(data)
    assert len(images.labels) + len(images.held_labels) == (2000 if data.startswith("cifar10") else 2400)
    assert len(images.labels.unique()) == 10


def test_inputs_are_spoilt_after_a_sound_training_too() -> None:
    """What the first batch norm expects is known only of a network that was trained before."""
    for name in ("development", "spare"):
        found = [trial for trial in trials.faulty(trials.PARTS[name]) if trial.setup.pretrained]
        assert [trial.expected for trial in found] == ["inputs"] * 3
        assert all(FAMILIES[trial.setup.network].batch_normed for trial in found)
        assert len({(trial.setup.input_scale, trial.setup.input_shift) for trial in found}) == 3
    assert len({trial.setup.network for trial in trials.faulty(PARTS[0]) if trial.setup.pretrained}) == 3


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_a_right_place_is_one_layer_unless_it_is_said_to_be_spread(part: trials.Part) -> None:
    for trial in trials.faulty(part):
        assert trial.spread is (trial.expected == "vanishing-gradient")
        if trial.place and not trial.spread:
            convolutions = FAMILIES[trial.setup.network].convolutions(trial.setup.depth)
            assert len(set(trial.place) & set(convolutions)) == 1, trial.name


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
