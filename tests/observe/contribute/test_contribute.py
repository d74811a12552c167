"""The second pass as a whole: what it takes, what it leaves behind, and what stops it."""

import numpy as np
import pytest
import torch
from torch import nn

from cnnvis.observe.collect import CollectOptions
from cnnvis.observe.contribute import ContributionLimits, contribute
from cnnvis.observe.trace import trace
from tests.observe.collect.helpers import Memory, evenly
from tests.observe.contribute.helpers import analysed, close, contributed, everything_confused, noise, statistics_of


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(0)


def small() -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(2, 3, 3), nn.ReLU(inplace=True), nn.Flatten(), nn.Linear(27, 3))


def test_z_is_taken_before_a_softmax_at_the_end() -> None:
    plain = small()
    images, labels = noise(6, (2, 5, 5)), np.arange(6) % 3
    wanted = contributed(plain, images, labels).contributions
    assert wanted is not None
    for last in (nn.Softmax(1), nn.LogSoftmax(1)):
        found = contributed(nn.Sequential(*plain, last), images, labels).contributions
        assert found is not None
        close(found.units["1"].values, wanted.units["1"].values)


def test_a_class_map_says_which_output_is_the_class() -> None:
    """Four outputs, the first none of the classes; label 1 has two outputs, of which the larger counts; 2 has none."""
    model = nn.Sequential(nn.Conv2d(2, 3, 3), nn.ReLU(), nn.Flatten(), nn.Linear(27, 4)).eval()
    images, labels = noise(6, (2, 5, 5)), np.array([0, 1, 1, 1, 2, 0])
    confusion = np.array([[0, 5, 0, 1], [1, 0, 0, 0], [9, 9, 9, 0]])
    found = contributed(model, images, labels, confusion=confusion, label_of_output=np.array([-1, 1, 0, 1]))
    contributions = found.contributions
    assert contributions is not None
    assert found.planned == 5
    assert contributions.images.tolist() == [2, 3, 0]
    assert contributions.confused[:2].tolist() == [[1, -1, -1, -1, -1], [0, -1, -1, -1, -1]]
    value = model[:2](torch.from_numpy(images)).detach().requires_grad_()
    outputs = model[2:](value)
    z = torch.stack([outputs[:, 2], outputs[:, [1, 3]].amax(1)], 1)
    z[[0, 1, 2, 3, 5], [0, 1, 1, 1, 0]].sum().backward()
    wanted = (value * value.grad).sum((2, 3)).detach().numpy()
    close(contributions.units["1"].values[:2], np.stack([wanted[[0, 5]].mean(0), wanted[1:4].mean(0)]))
    assert np.isnan(contributions.units["1"].values[2]).all()


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("frozen", [False, True])
def test_the_model_is_left_as_it_was(training: bool, frozen: bool) -> None:
    model = nn.Sequential(
        nn.Conv2d(2, 3, 3), nn.BatchNorm2d(3), nn.Dropout(), nn.ReLU(), nn.Flatten(), nn.Linear(27, 3)
    )
    model.train(training)
    model[0].eval()
    model[0].weight.requires_grad_(not frozen)
    model[5].weight.grad = torch.ones(3, 27)
    state = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    flags = [module.training for module in model.modules()]
    random = torch.get_rng_state()
    for broken in (False, True):
        limits = ContributionLimits(batch=2)
        source_images = noise(6, (2, 5, 5)) if not broken else noise(6, (2, 9, 9))
        graph = trace(model, torch.zeros(1, 2, 5, 5))
        found = contributed(model, source_images, np.arange(6) % 3, graph=graph, limits=limits)
        assert (found.contributions is None) == broken
        assert [module.training for module in model.modules()] == flags
        assert model[0].weight.requires_grad is not frozen
        assert model[0].weight.grad is None
        assert model[5].weight.grad is not None
        assert torch.equal(model[5].weight.grad, torch.ones(3, 27))
        assert all(torch.equal(tensor, state[name]) for name, tensor in model.state_dict().items())
        assert torch.equal(torch.get_rng_state(), random)
        assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())
        assert torch.is_grad_enabled()


def test_it_works_where_a_caller_has_switched_gradients_off() -> None:
    model, images, labels = small(), noise(6, (2, 5, 5)), np.arange(6) % 3
    wanted = contributed(model, images, labels).contributions
    for off in (torch.no_grad(), torch.inference_mode()):
        with off:
            found = contributed(model, images, labels).contributions
        assert found is not None
        assert wanted is not None
        close(found.units["1"].values, wanted.units["1"].values)


class Custom(torch.autograd.Function):
    @staticmethod
    def forward(ctx: object, x: torch.Tensor) -> torch.Tensor:
        return x.clone()


class Stopping(nn.Module):
    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if self.kind == "custom":
            return Custom.apply(x)
        with torch.no_grad():
            return x * 1


@pytest.mark.parametrize("kind", ["custom", "switched off", "inference tensors"])
def test_a_model_that_allows_no_gradients_gives_a_warning_and_no_contributions(kind: str) -> None:
    model = nn.Sequential(*small(), Stopping(kind))
    if kind == "inference tensors":
        with torch.inference_mode():
            model = small()
    found = contributed(model, noise(4, (2, 5, 5)), np.arange(4) % 3, graph=trace(small(), torch.zeros(1, 2, 5, 5)))
    assert found.contributions is None
    assert found.images == 0
    assert len(found.warnings) == 1
    assert found.warnings[0].startswith("Contributions need gradients, which the model does not give: ")
    assert "0 of 4 probe images" in found.warnings[0]


def test_layers_behind_a_stopped_gradient_are_named() -> None:
    model = nn.Sequential(nn.Conv2d(2, 2, 3), nn.ReLU(), Stopping("switched off"), nn.Conv2d(2, 2, 3), nn.Flatten())
    found = contributed(model, noise(4, (2, 5, 5)), np.arange(4) % 2)
    assert found.contributions is not None
    assert found.warnings == ("No gradient reaches 1: contributions there are 0.",)
    assert not found.contributions.units["1"].values.any()


def test_control_c_leaves_what_was_computed_and_says_of_how_many_images() -> None:
    model, images, labels = small(), noise(12, (2, 5, 5)), np.arange(12) % 3
    graph = trace(model, torch.zeros(1, 2, 5, 5))
    options = CollectOptions(classes=3, device="cpu")
    statistics = statistics_of(labels, everything_confused(3))
    early = Memory(images, labels, evenly(12, 4), stop_at=2)
    found = contribute(model, early, graph, statistics=statistics, options=options, limits=ContributionLimits(batch=4))
    assert (found.images, found.planned) == (8, 12)
    assert found.warnings == ("Contributions were stopped early, at 8 of 12 probe images.",)
    first = contributed(model, images[:8], labels[:8], confusion=everything_confused(3))
    assert found.contributions is not None
    assert first.contributions is not None
    close(found.contributions.units["1"].values, first.contributions.units["1"].values)
    at_once = Memory(images, labels, evenly(12, 4), stop_at=0)
    assert contribute(model, at_once, graph, statistics=statistics, options=options).contributions is None


def test_images_with_values_that_are_not_finite_are_left_out_and_counted() -> None:
    model, images, labels = small(), noise(6, (2, 5, 5)), np.arange(6) % 3
    images[4] = np.nan
    found = contributed(model, images, labels)
    rest = contributed(model, np.delete(images, 4, 0), np.delete(labels, 4), confusion=everything_confused(3))
    assert found.warnings == ("1 probe images have contributions that are NaN or infinite; left out.",)
    assert found.contributions is not None
    assert rest.contributions is not None
    assert found.contributions.images.tolist() == [2, 1, 2]
    close(found.contributions.units["1"].values, rest.contributions.units["1"].values)


def test_without_labels_there_is_nothing_to_tell() -> None:
    found = contributed(small(), noise(4, (2, 5, 5)), np.full(4, -1), confusion=np.zeros((3, 3), np.int64))
    assert found.contributions is None
    assert found.warnings == (
        "There are no contributions: no probe image has a label that the model has an output for.",
    )


def test_data_that_end_early_or_come_in_another_order_are_told() -> None:
    model, images, labels = small(), noise(6, (2, 5, 5)), np.arange(6) % 3
    graph, options = trace(model, torch.zeros(1, 2, 5, 5)), CollectOptions(classes=3, device="cpu")
    statistics = statistics_of(labels, everything_confused(3))
    short = Memory(images[:4], labels[:4], evenly(4, 4))
    found = contribute(model, short, graph, statistics=statistics, options=options)
    assert found.warnings == ("Contributions cover 4 of 6 probe images; the others were not found again.",)
    shuffled = Memory(images[::-1].copy(), labels[::-1].copy(), evenly(6, 4))
    found = contribute(model, shuffled, graph, statistics=statistics, options=options)
    assert "other images than the probe set" in found.warnings[0]
    assert found.contributions is not None
    assert found.contributions.images.tolist() == [2, 2, 2]


def test_a_unit_may_be_chosen_and_the_pairs_left_out() -> None:
    limits = ContributionLimits(units=("1",), confused=0, images=3)
    found = contributed(small(), noise(6, (2, 5, 5)), np.arange(6) % 3, limits=limits)
    assert found.contributions is not None
    assert found.planned == 3
    assert set(found.contributions.units) == {"1"}
    assert found.contributions.images.tolist() == [1, 1, 1]
    assert found.contributions.units["1"].confused_values.shape == (3, 0, 3)


def test_after_collect_it_takes_the_probe_set_and_the_confusions_found_there(
    capsys: pytest.CaptureFixture[str],
) -> None:
    model, labels = small(), np.arange(40) % 3
    source = Memory(noise(40, (2, 5, 5)), labels, evenly(40, 7))
    graph, statistics = analysed(model, source, probe_images=15)
    options = CollectOptions(classes=3, device="cpu", progress=True)
    found = contribute(model, source, graph, statistics=statistics, options=options)
    assert found.contributions is not None
    assert (found.images, found.planned) == (15, 15)
    assert found.contributions.images.tolist() == [5, 5, 5]
    chosen = np.isin(np.arange(40), statistics.probe.samples)
    alone = contributed(model, source.inputs[chosen], labels[chosen], confusion=statistics.confusion).contributions
    assert alone is not None
    close(found.contributions.units["1"].values, alone.units["1"].values)
    assert "contributions" in capsys.readouterr().err
