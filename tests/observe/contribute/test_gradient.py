"""Gradient times activation against closed forms, slow loops and finite differences."""

import numpy as np
import pytest
import torch
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from torch import nn

from cnnvis.observe.contribute import ContributionLimits
from cnnvis.observe.trace import trace
from tests.observe.collect.helpers import evenly
from tests.observe.contribute.helpers import Stepwise, close, contributed, everything_confused, noise


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(0)


def test_a_linear_network_has_a_closed_form() -> None:
    """Weight of the path from the neuron to the output, times the neuron's sum over positions."""
    conv, head = nn.Conv2d(3, 4, 3), nn.Linear(4, 3)
    model = nn.Sequential(conv, nn.AdaptiveAvgPool2d(1), nn.Flatten(), head)
    images, labels = noise(10, (3, 6, 6)), np.arange(10) % 3
    found = contributed(model, images, labels).contributions
    assert found is not None
    with torch.no_grad():
        means = conv(torch.from_numpy(images)).mean((2, 3)).numpy()
    weight = head.weight.detach().numpy()
    for label in range(3):
        of_class = means[labels == label].mean(0)
        close(found.units["0"].values[label], weight[label] * of_class)
        for place, other in enumerate(found.confused[label].tolist()):
            if other >= 0:
                close(found.units["0"].confused_values[label, place], weight[other] * of_class)
    assert found.images.tolist() == [4, 3, 3]


def test_in_a_linear_network_the_neurons_of_each_layer_add_up_to_the_output_but_for_later_biases() -> None:
    model = nn.Sequential(
        nn.Conv2d(2, 5, 3, padding=1), nn.BatchNorm2d(5), nn.AvgPool2d(2), nn.Conv2d(5, 6, 3), nn.Flatten(),
        nn.Linear(24, 7), nn.Linear(7, 3),
    )  # fmt: skip
    model[1].running_mean.uniform_(-1, 1)
    images, labels = noise(9, (2, 8, 8)), np.arange(9) % 3
    found = contributed(model, images, labels).contributions
    assert found is not None
    model.eval()
    with torch.no_grad():
        outputs = model(torch.from_numpy(images)).numpy()
        for unit, cut in (("1", 2), ("3", 4), ("5", 6), ("6", 7)):
            value = torch.from_numpy(images)
            for step in model[:cut]:
                value = step(value)
            biases = model[cut:](torch.zeros_like(value[:1]))[0].numpy()
            for label in range(3):
                wanted = outputs[labels == label, label].mean() - biases[label]
                close(found.units[unit].values[label].sum(), wanted)


STEPS = ("conv", "grouped", "strided", "relu", "in place", "tanh", "norm", "pool", "double", "double in place")


def build(names: list[str], channels: int, classes: int) -> tuple[Stepwise, list[int]]:
    """Return a network of these steps and the places where a convolution, linear or activation step ends."""
    steps: list[nn.Module] = [nn.Conv2d(2, channels, 3, padding=1)]
    for name in names:
        step = {
            "conv": lambda: nn.Conv2d(channels, channels, 3, padding=1),
            "grouped": lambda: nn.Conv2d(channels, channels, 1, groups=channels),
            "strided": lambda: nn.Conv2d(channels, channels, 3, stride=2, padding=1),
            "relu": nn.ReLU,
            "in place": lambda: nn.ReLU(inplace=True),
            "tanh": nn.Tanh,
            "norm": lambda: nn.BatchNorm2d(channels),
            "pool": lambda: nn.MaxPool2d(2, ceil_mode=True),
            "double": Double,
            "double in place": InPlaceDouble,
        }  # fmt: skip
        steps.append(step[name]())
    steps += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, classes)]
    return Stepwise(steps), list(range(len(steps)))


class Double(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * 2 + 1


class InPlaceDouble(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x *= 2
        x += 1
        return x


# Each example traces a network: looking for a smaller one would take minutes.
@settings(max_examples=25, phases=[p for p in Phase if p is not Phase.shrink])
@given(
    names=st.lists(st.sampled_from(STEPS), max_size=6),
    channels=st.integers(1, 4),
    labels=st.lists(st.integers(0, 2), min_size=1, max_size=7),
    size=st.integers(1, 4),
    batch=st.integers(1, 5),
    seed=st.integers(0, 9),
)
def test_every_layer_class_and_pair_agrees_with_a_loop_over_images(
    names: list[str], channels: int, labels: list[int], size: int, batch: int, seed: int
) -> None:
    torch.manual_seed(seed)
    model, _ = build(names, channels, 3)
    images, label = noise(len(labels), (2, 7, 7), seed), np.array(labels)
    found = contributed(
        model,
        images,
        label,
        confusion=everything_confused(3),
        batches=evenly(len(label), size),
        limits=ContributionLimits(batch=batch),
    )
    contributions = found.contributions
    assert contributions is not None
    assert (found.images, found.planned, found.warnings) == (len(label), len(label), ())
    graph = trace(model, torch.from_numpy(images[:1]))
    for unit in graph.units:
        at = int(graph.layer(unit.id).path.split(".")[1])
        for target in range(3):
            members = images[label == target]
            if not len(members):
                assert np.isnan(contributions.units[unit.id].values[target]).all()
                continue
            wanted = np.mean([model.by_hand(image, at, target) for image in members], 0)
            close(contributions.units[unit.id].values[target], wanted)
            for place, other in enumerate(contributions.confused[target].tolist()):
                got = contributions.units[unit.id].confused_values[target, place]
                if other < 0:
                    assert np.isnan(got).all()
                else:
                    close(got, np.mean([model.by_hand(image, at, other) for image in members], 0))


@given(seed=st.integers(0, 50))
@settings(max_examples=10)
def test_the_gradient_is_the_slope_that_finite_differences_show(seed: int) -> None:
    """Scaling a neuron's map by 1 + e changes z by e times the contribution: no autograd in this oracle."""
    torch.manual_seed(seed)
    model = Stepwise([nn.Conv2d(2, 3, 3), nn.Tanh(), nn.Conv2d(3, 4, 3), nn.SiLU(), nn.Flatten(), nn.Linear(36, 2)])
    model.double()
    image = noise(1, (2, 7, 7), seed)
    found = contributed(model, image.astype(np.float64), np.array([1]), confusion=everything_confused(2)).contributions
    assert found is not None
    small = 1e-5
    for unit, at in (("steps.1", 1), ("steps.3", 3)):
        for neuron in range(3):
            ends: list[float] = []
            for sign in (-1, 1):
                value = torch.from_numpy(image.astype(np.float64))
                with torch.no_grad():
                    for number, step in enumerate(model.steps):
                        value = step(value)
                        if number == at:
                            value[:, neuron] *= 1 + sign * small
                ends.append(float(value[0, 1]))
            close(found.units[unit].values[1, neuron], np.array((ends[1] - ends[0]) / (2 * small)))


def test_how_the_images_are_batched_makes_no_difference() -> None:
    model, _ = build(["in place", "conv", "relu"], 4, 3)
    images, labels = noise(11, (2, 7, 7)), np.arange(11) % 3
    whole = contributed(model, images, labels, batches=[np.arange(11)], limits=ContributionLimits(batch=11))
    single = contributed(model, images, labels, batches=evenly(11, 3), limits=ContributionLimits(batch=1))
    again = contributed(model, images, labels, batches=evenly(11, 3), limits=ContributionLimits(batch=1))
    assert whole.contributions is not None
    assert single.contributions is not None
    assert again.contributions is not None
    for unit, values in whole.contributions.units.items():
        close(single.contributions.units[unit].values, values.values)
        assert again.contributions.units[unit].values.tobytes() == single.contributions.units[unit].values.tobytes()


class InPlaceOnParts(nn.Module):
    """Overwrites parts of a unit's output by way of views, and adds a shortcut in place."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(2, 4, 3, padding=1)
        self.norm = nn.BatchNorm2d(4)
        self.last = nn.Linear(4, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.norm(self.first(x))
        shortcut = x.clone()
        x[:, :2] *= 3
        x.view(-1).mul_(0.5)
        x += shortcut
        x = nn.functional.relu_(x)
        return self.last(x.mean((2, 3)))


def test_views_overwritten_in_place_do_not_change_what_a_neuron_gave_out() -> None:
    model = InPlaceOnParts().eval()
    images, labels = noise(5, (2, 5, 5)), np.array([0, 1, 2, 0, 1])
    found = contributed(model, images, labels)
    assert found.contributions is not None
    assert found.warnings == ()
    before = model.norm(model.first(torch.from_numpy(images))).detach().requires_grad_()
    scale = torch.tensor([3.0, 3.0, 1.0, 1.0]).view(4, 1, 1) * 0.5 + 1
    outputs = model.last((before * scale).relu().mean((2, 3)))
    outputs[np.arange(5), labels].sum().backward()
    wanted = (before * before.grad).sum((2, 3)).detach().numpy()
    for label in range(3):
        close(found.contributions.units["norm"].values[label], wanted[labels == label].mean(0))


def test_a_module_called_twice_has_contributions_for_each_call() -> None:
    class Twice(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(2, 2, 3, padding=1)
            self.act = nn.ReLU()

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.act(self.conv(self.act(self.conv(x)))).mean((2, 3))

    model = Twice()
    images = noise(3, (2, 5, 5))
    found = contributed(model, images, np.array([0, 1, 1])).contributions
    assert found is not None
    first = model.act(model.conv(torch.from_numpy(images))).detach().requires_grad_()
    model.act(model.conv(first)).mean((2, 3))[[0, 1, 2], [0, 1, 1]].sum().backward()
    wanted = (first * first.grad).sum((2, 3)).detach().numpy()
    close(found.units["act"].values, np.stack([wanted[0], wanted[1:].mean(0)]))
    assert set(found.units) == {"act", "act#2"}
