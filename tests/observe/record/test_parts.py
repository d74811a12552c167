"""The recorder's parts, one by one."""

import logging
import random
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from cnnvis.observe.record.activations import Seen, UnitSums
from cnnvis.observe.record.companion import nothing_more
from cnnvis.observe.record.diary import Choices, Diary
from cnnvis.observe.record.distributed import Processes
from cnnvis.observe.record.front import left_out, series_head
from cnnvis.observe.record.gather import Gathered
from cnnvis.observe.record.images import Fingerprints, Repeats, image_in, look_at_input, look_at_output, loss_functions
from cnnvis.observe.record.measure import Measurer
from cnnvis.observe.record.moments import Scratch
from cnnvis.observe.record.norms import NormWatch
from cnnvis.observe.record.optimizers import group_settings, optimizers_in
from cnnvis.observe.record.probe import MOST_IMAGES, ProbeImages, spread
from cnnvis.observe.record.report import DeadNeurons, first_nonfinite, numbers
from cnnvis.observe.record.shield import Shield, unmoved
from cnnvis.observe.record.snapshots import representatives
from cnnvis.observe.record.weights import batch_norms, parameter_names, unit_weights, weight_numbers
from cnnvis.observe.trace import trace
from tests.observe.record.helpers import Shared, built, data, sgd


def test_gathered_values_come_back_by_key_the_first_of_each() -> None:
    gathered = Gathered()
    gathered.add("a", 0, torch.tensor(1.5))
    gathered.add("b", 2, torch.tensor([[1.0, 2.0]], dtype=torch.bfloat16))
    gathered.add("a", 0, torch.tensor(9.0))
    found = gathered.fetch()
    assert {key: values.tolist() for key, values in found.items()} == {("a", 0): [1.5], ("b", 2): [1.0, 2.0]}
    assert gathered.fetch() == {}


def test_the_shield_lets_nothing_through_but_an_interrupt(caplog: pytest.LogCaptureFixture) -> None:
    shield = Shield()
    with caplog.at_level(logging.WARNING, "cnnvis"):
        for part in ("measuring", "snapshots"):
            with shield.guarded(part):
                raise ValueError("two\nlines.")
    assert shield.off == {"measuring", "snapshots"}
    assert len(caplog.records) == 1
    assert caplog.messages[0] == "Recording: two lines; layers are no longer measured, the training goes on."
    assert shield.seconds > 0
    with pytest.raises(KeyboardInterrupt), shield.guarded("series"):
        raise KeyboardInterrupt
    calls: list[torch.Tensor] = []
    shield.wrapped(calls.append)(torch.zeros(1))
    assert calls == []  # what has failed is left alone


def test_looking_moves_nothing() -> None:
    model = built()
    with torch.no_grad():
        model.get_buffer("norm1.running_mean").fill_(0.25)
    numbers_before = (random.random(), torch.get_rng_state().tolist())
    random.seed(3)
    before = random.getstate()
    with unmoved(model):
        model.train()
        model(data(4)[0])
        torch.rand(3)
        random.random()
        model.eval()
    assert model.training
    assert random.getstate() == before
    assert torch.get_rng_state().tolist() == numbers_before[1]
    assert model.get_buffer("norm1.running_mean").tolist() == [0.25] * 6


@pytest.mark.parametrize(
    ("loss", "names"),
    [
        (lambda z, y: functional.cross_entropy(z, y) / 4, ("NllLoss", "LogSoftmax", "Addmm")),
        (lambda z, y: functional.cross_entropy(z.softmax(1), y), ("NllLoss", "LogSoftmax", "Softmax", "Addmm")),
        (lambda z, y: functional.mse_loss(z, z.detach() + 1) * 128, ("MseLoss", "Addmm")),
        (lambda z, y: functional.cross_entropy(functional.relu(z), y), ("NllLoss", "LogSoftmax", "Relu", "Addmm")),
        (lambda z, y: 0.5, ()),
    ],
)
def test_the_functions_of_a_loss(loss: object, names: tuple[str, ...]) -> None:
    layer = nn.Linear(4, 3)
    value = loss(layer(torch.randn(5, 4)), torch.tensor([0, 1, 2, 0, 1]))  # pyright: ignore[reportCallIssue]
    assert loss_functions(value) == names
    if isinstance(value, torch.Tensor):
        value.backward()
        assert loss_functions(value) == names


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("weighted", [False, True])
def test_labels_are_read_from_the_gradient_or_not_at_all(smoothing: float, weighted: bool) -> None:
    labels = torch.tensor([0, 3, 3, 2, 1, 3])
    logits = torch.randn(6, 4, generator=torch.Generator().manual_seed(0), requires_grad=True)
    gathered = Gathered()
    look_at_output(logits, gathered, Shield())
    weight = torch.tensor([1.0, 2.0, 0.5, 1.0]) if weighted else None
    functional.cross_entropy(logits, labels, weight=weight, label_smoothing=smoothing).backward()
    counts = gathered.fetch()["labels", 0]
    assert (counts <= np.bincount(labels, minlength=4)).all()
    if smoothing == 0.0:
        assert counts.tolist() == [1.0, 1.0, 1.0, 3.0]


def test_the_image_is_found_among_the_arguments() -> None:
    image, mask = torch.zeros(2, 3, 8, 8), torch.zeros(2, 900)
    assert image_in((mask,), {"pixel_values": image}) is image
    assert image_in((torch.zeros(2, dtype=torch.int64),), {}) is None


def test_inputs_that_are_not_finite_are_counted() -> None:
    images = torch.zeros(2, 1, 2, 2)
    images[0, 0, 0, 0] = torch.nan
    gathered = Gathered()
    look_at_input(images, gathered)
    found = gathered.fetch()
    assert found["input", 0][2] == 1.0
    nothing = Seen(UnitSums.empty(0), UnitSums.empty(0), {}, np.zeros(0))
    assert first_nonfinite((), found, nothing) == ("", "the training images")


def test_known_images_are_recognised_bit_by_bit() -> None:
    images, _ = data(10)
    known = Fingerprints()
    known.add(images[:4])
    known.add(images[4:6])
    known.add(images[:0])
    assert known.share(images) == 0.6
    assert known.share(images + 1e-3) == 0.0
    assert known.share(torch.zeros(2, 1, 3, 3)) is None
    assert Fingerprints().share(images) is None


@pytest.mark.parametrize("there", [600, 2500])
def test_training_images_are_counted_by_how_often_they_come_again(there: int) -> None:
    generator = torch.Generator().manual_seed(0)
    images = torch.randn(there, 1, 4, 4, generator=generator)
    repeats, found = Repeats(), list[float | None]()
    for _ in range(5):  # epochs
        for rows in torch.randperm(there, generator=generator).split(32):
            found.append(repeats.look(images[rows]))
    assert found[:8] == [None] * 8
    assert found[-1] == pytest.approx(there, rel=0.3)
    changed = Repeats()
    assert all(changed.look(torch.randn(32, 1, 4, 4, generator=generator)) is None for _ in range(60))


def test_dead_neurons_have_been_silent_for_four_measured_steps() -> None:
    dead = DeadNeurons()
    fired = [[False, True], [False, False], [False, False], [False, False], [False, False], [True, False]]
    found = [dead.count(0, np.array(now)) for now in fired]
    assert found == [(1, 0), (2, 0), (2, 0), (2, 1), (2, 2), (1, 1)]


def test_numbers_that_were_not_measured_are_none() -> None:
    assert numbers(np.array([1.0, np.nan, np.inf])) == [1.0, None, "inf"]


def test_weights_of_shared_and_transposed_layers() -> None:
    model = nn.Sequential(nn.ConvTranspose2d(2, 3, 2, bias=False), nn.ReLU(), nn.Flatten(), nn.Linear(27, 2))
    graph = trace(model, torch.zeros(1, 2, 2, 2))
    own = unit_weights(model, graph)
    assert [None if one is None else one.name for one in own] == ["0.weight", "3.weight"]
    transposed = own[0]
    assert transposed is not None
    assert transposed.by_neuron(transposed.weight).shape == (3, 2 * 2 * 2)
    values = torch.tensor([[[[-1.0]], [[2.0]]]])
    plain = unit_weights(
        nn.Sequential(nn.Conv2d(2, 1, 1)), trace(nn.Sequential(nn.Conv2d(2, 1, 1)), torch.zeros(1, 2, 3, 3))
    )
    assert plain[0] is not None
    found = weight_numbers(plain[0], values, Scratch()).tolist()
    assert found == pytest.approx([5**0.5, 0.5, 1.5, 5**0.5, 2.0, 0.5, 0.0, 0.0])
    assert len(parameter_names(Shared())) == 6


def test_a_batch_norm_in_evaluation_is_seen_and_let_go() -> None:
    model = built()
    norms = batch_norms(model)
    gathered = Gathered()
    watch = NormWatch(norms, gathered, Shield())
    assert watch.training() == 1
    model.get_submodule("norm1").eval()
    watch.attach()
    model(data(4)[0])
    watch.detach()
    assert watch.training() == 0
    assert gathered.fetch()["norm_mode", 0].tolist() == pytest.approx([0.0, 0.1])
    assert not model.get_submodule("norm1")._forward_pre_hooks


def test_settings_of_several_optimizers() -> None:
    model = built()
    one, two = list(model.parameters())[:2], list(model.parameters())[2:]
    optimizers = optimizers_in([torch.optim.AdamW(one, lr=0.01), torch.optim.SGD(two, lr=torch.tensor(0.5))])
    settings = group_settings(optimizers)
    assert settings["learning_rate"] == pytest.approx([0.01, 0.5])
    assert settings["momentum"] == [0.9, 0.0]
    assert settings["weight_decay"] == [0.01, 0.0]

    class Wrapper:
        optimizer = optimizers[1]

    assert optimizers_in(Wrapper()) == (optimizers[1],)


def test_too_many_probe_images_are_thinned_evenly() -> None:
    labels = np.array([0] * 5000 + [1] * 30 + [2] * 400)
    rows = spread(labels, 100)
    assert np.bincount(labels[rows]).tolist() == [35, 30, 35]
    assert (np.diff(rows) > 0).all()
    probe = ProbeImages((np.zeros((MOST_IMAGES + 7, 2, 4, 4), np.float32), np.zeros(MOST_IMAGES + 7, int)))
    assert len(probe.labels) == MOST_IMAGES
    assert probe.facts().labelled


def test_means_of_every_unit_are_kept_while_that_is_little() -> None:
    graph = trace(built(), data(1)[0])
    assert len(representatives(graph, 100)) == len(graph.units)
    some = representatives(graph, 10**9)
    assert some[-1] == graph.units[-1].id
    assert len(some) <= len(graph.units)


def test_the_head_names_everything(tmp_path: Path) -> None:
    model = built(Shared)
    measurer = Measurer(model, optimizers_in(sgd(model)), Shield())
    graph = trace(model, data(1)[0])
    measurer.know(graph)
    head = series_head(measurer, graph, classes=3, processes=1)
    assert head.units == tuple(unit.id for unit in graph.units)
    assert left_out(measurer) == (("first.weight", "first.bias"), ())
    diary = Diary(measurer, Processes("x"), Choices(to=tmp_path / "x"), nothing_more)
    diary.finish(0, "")  # nothing was begun: nothing is left
    assert not (tmp_path / "x").exists()
    assert not (tmp_path / ".x.writing").exists()
