"""What is measured is what the definitions say, worked out again with plain autograd beside the training."""

import copy
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from cnnvis.schema.series import QUANTITIES, Series
from tests.observe.record.helpers import CLASSES, Plain, Shared, built, data, recorded, recorder, sgd, train

Twin = tuple[nn.Module, torch.Tensor, torch.Tensor]


class Once:
    """One step of a recorded training, and a copy of the network as it was before."""

    def __init__(self, folder: Path, kind: type[nn.Module] = Plain, **loop: object) -> None:
        model = built(kind)
        self.twin = copy.deepcopy(model)
        optimizers = sgd(model, lr=0.1, momentum=0.0)
        torch.manual_seed(7)
        with recorder(model, optimizers, folder, snapshots=[], scaler=loop.get("scaler")) as rec:
            train(model, optimizers, rec, steps=1, **loop)  # pyright: ignore[reportArgumentType]
        assert rec._shield.problems == []
        self.model = model
        self.series: Series = recorded(folder)[1]

    def values(self, name: str) -> np.ndarray:
        return self.series.lists[name].values[0]

    def run(self, name: str) -> float:
        return float(self.series.run[name].values[0])


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Once:
    return Once(tmp_path_factory.mktemp("plain") / "run")


def forward(twin: Plain) -> tuple[list[tuple[torch.Tensor, torch.Tensor]], torch.Tensor]:
    """The first step's values before and after each non-linearity, and the logits, layer by layer."""
    images, _ = data()
    torch.manual_seed(7)
    twin.train()
    one = twin.norm1(twin.conv1(images[:8]))
    one_after = functional.relu(one)
    two = twin.conv2(one_after)
    two_after = functional.relu(two)
    logits = twin.head(twin.drop(two_after.mean((2, 3))))
    for tensor in (one_after, two_after, logits):
        tensor.retain_grad()
    return [(one, one_after), (two, two_after), (logits, logits)], logits


def test_activations(plain: Once) -> None:
    layers, logits = forward(copy.deepcopy(plain.twin))  # pyright: ignore[reportArgumentType]
    functional.cross_entropy(logits, data()[1][:8]).backward()
    for place, (before, after) in enumerate(layers):
        expected = {
            "before/mean": before.mean(),
            "before/std": before.std(correction=0),
            "before/maximum": before.abs().max(),
            "before/positive": (before > 0).float().mean(),
            "after/mean": after.mean(),
            "after/std": after.std(correction=0),
            "after/maximum": after.abs().max(),
            "after/zero": (after == 0).float().mean(),
            "activation_gradient/rms": after.grad.pow(2).mean().sqrt(),  # pyright: ignore[reportOptionalMemberAccess]
            "nonfinite": torch.zeros(()),
        }
        for name, value in expected.items():
            assert plain.values(name)[place] == pytest.approx(float(value.detach()), rel=1e-4, abs=1e-7), (name, place)
    silent = [float((before.amax((0, 2, 3)) <= 0).sum()) for before, _ in layers[:2]]
    assert plain.values("silent")[:2].tolist() == silent
    assert np.isnan(plain.values("silent")[2])
    assert plain.values("neurons").tolist() == [6, 8, CLASSES]


def test_weights_gradients_and_updates(plain: Once) -> None:
    twin = copy.deepcopy(plain.twin)
    _, logits = forward(twin)  # pyright: ignore[reportArgumentType]
    functional.cross_entropy(logits, data()[1][:8]).backward()
    gradients: list[float] = []
    for place, name in enumerate(("conv1", "conv2", "head")):
        weight = twin.get_parameter(f"{name}.weight")
        gradient = weight.grad
        assert gradient is not None
        rows = weight.detach().flatten(1)
        expected = {
            "gradient/norm": gradient.norm(),
            "gradient/unclipped": gradient.norm(),
            "gradient/rms": gradient.pow(2).mean().sqrt(),
            "gradient/nonfinite": torch.zeros(()),
            "weight/norm": weight.norm(),
            "weight/mean": weight.mean(),
            "weight/std": weight.std(correction=0),
            "weight/gain": weight.pow(2).mean().sqrt() * rows.shape[1] ** 0.5,
            "weight/maximum": weight.abs().max(),
            "weight/negative": (weight < 0).float().mean(),
            "weight/negative_neurons": ((rows < 0).float().mean(1) > 2 / 3).float().mean(),
            "update/norm": 0.1 * gradient.norm(),
            "update/ratio": 0.1 * gradient.norm() / weight.norm(),
        }
        for quantity, value in expected.items():
            assert plain.values(quantity)[place] == pytest.approx(float(value.detach()), rel=1e-4), (quantity, name)
    gradients = [float(parameter.grad.norm()) for parameter in twin.parameters() if parameter.grad is not None]
    assert plain.run("gradient/norm_all") == pytest.approx(float(np.linalg.norm(gradients)), rel=1e-5)
    assert plain.run("update/norm_all") == pytest.approx(0.1 * float(np.linalg.norm(gradients)), rel=1e-4)
    own = plain.values("bias/mean")[0]
    assert own == pytest.approx(float(plain.model.get_parameter("norm1.bias").detach().mean()), rel=1e-4, abs=1e-9)


def test_inputs_outputs_and_labels(plain: Once) -> None:
    twin = copy.deepcopy(plain.twin)
    _, logits = forward(twin)  # pyright: ignore[reportArgumentType]
    logits, labels = logits.detach(), data()[1][:8]
    images = data()[0][:8]
    chances = logits.softmax(1)
    predicted = np.bincount(logits.argmax(1), minlength=CLASSES) / 8
    assert plain.run("output/entropy") == pytest.approx(float(-(chances * chances.log()).sum(1).mean()), rel=1e-5)
    assert plain.run("output/confidence") == pytest.approx(float(chances.amax(1).mean()), rel=1e-5)
    assert plain.run("output/top_share") == pytest.approx(predicted.max())
    assert plain.run("output/sum_error") == pytest.approx(float((logits.sum(1) - 1).abs().mean()), rel=1e-5)
    assert plain.run("output/deviation") == pytest.approx(float(logits.std(0, correction=0).mean()), rel=1e-5)
    assert plain.run("output/accuracy") == pytest.approx(float((logits.argmax(1) == labels).float().mean()))
    assert plain.values("predicted/share").tolist() == pytest.approx(predicted.tolist())
    assert plain.values("labels/count").tolist() == np.bincount(labels, minlength=CLASSES).tolist()
    np.testing.assert_allclose(plain.values("input/mean"), images.mean((0, 2, 3)), rtol=1e-4)
    np.testing.assert_allclose(plain.values("input/std"), images.std((0, 2, 3), correction=0), rtol=1e-4)
    assert plain.run("input/minimum") == pytest.approx(float(images.min()))
    assert plain.run("input/in_probe") == 0.0
    probe = data(12, seed=5)[0]
    np.testing.assert_allclose(plain.values("probe/mean"), probe.mean((0, 2, 3)), rtol=1e-4, atol=1e-6)


def test_batch_norms(plain: Once) -> None:
    values = plain.twin.get_submodule("conv1")(data()[0][:8]).detach()
    shift = values.mean((0, 2, 3)).abs() / (1 + 1e-5) ** 0.5
    assert plain.values("norm/mean_shift")[0] == pytest.approx(float(shift.mean()), rel=1e-4)
    ratio = (values.var((0, 2, 3), correction=0) + 1e-5) / (1 + 1e-5)
    assert plain.values("norm/scale_ratio")[0] == pytest.approx(float(ratio.median()), rel=1e-4)
    batch = torch.distributions.Normal(values.mean((0, 2, 3)), ratio.sqrt())
    running = torch.distributions.Normal(torch.zeros(6), torch.full((6,), (1 + 1e-5) ** 0.5))
    divergence = torch.distributions.kl_divergence(batch, running).mean()
    assert plain.values("norm/divergence")[0] == pytest.approx(float(divergence), rel=1e-3, abs=1e-6)
    assert plain.values("norm/training").tolist() == [1.0]
    assert plain.values("norm/momentum")[0] == pytest.approx(0.1)
    assert plain.series.head.norm_units == (plain.series.head.units[0],)


def test_the_loss_and_the_groups(plain: Once) -> None:
    (event,) = [event for event in plain.series.events if event.name == "loss"]
    assert event.names[:3] == ("NllLoss", "LogSoftmax", "Addmm")
    (group,) = plain.series.head.groups
    assert group.optimizer == "SGD"
    assert "conv1.weight" in group.parameters
    assert plain.values("learning_rate")[0] == pytest.approx(0.1)
    assert plain.values("momentum").tolist() == [0.0]


def test_every_quantity_that_is_written_is_in_the_catalogue(plain: Once) -> None:
    written = {name for name in plain.series.run if not name.startswith("metric/")} | set(plain.series.lists)
    assert written <= set(QUANTITIES)
    by_axis = {name: QUANTITIES[name].axis for name in plain.series.lists}
    assert all(by_axis[name] != "run" for name in plain.series.lists)
    missing = set(QUANTITIES) - written
    elsewhere = {"scale/value", "scale/unknown", "scale/overflows", "processes", "input/images", "after/saturated"}
    replayed = {"change/norm", "change/ratio"}  # between checkpoints
    assert missing == elsewhere | replayed


def test_shared_and_frozen_weights(tmp_path: Path) -> None:
    once = Once(tmp_path / "run", Shared)
    head = once.series.head
    assert head.weights == ("first.weight", "twice.weight", "twice.weight", "head.weight")
    assert head.frozen == ("first.weight", "first.bias")
    gradient, update = once.values("gradient/norm"), once.values("update/norm")
    assert np.isnan(gradient[0])
    assert gradient[1] == gradient[2] > 0
    assert update[0] == 0.0
    saturated = once.values("after/saturated")
    assert saturated[0] >= 0
    assert np.isnan(saturated[1])
    assert once.run("parameters/frozen") == 2.0
    assert once.run("parameters/without_gradient") == 0.0


def test_clipping_shows_the_gradient_before_and_after(tmp_path: Path) -> None:
    once = Once(tmp_path / "run", clip=0.01)
    assert once.run("gradient/norm_all") == pytest.approx(0.01, rel=1e-3)
    assert once.run("gradient/unclipped_all") > 0.02
    np.testing.assert_allclose(
        once.values("gradient/unclipped") / once.values("gradient/norm"),
        once.run("gradient/unclipped_all") / once.run("gradient/norm_all"),
        rtol=1e-3,
    )


def test_under_mixed_precision_gradients_are_unscaled(tmp_path: Path, plain: Once) -> None:
    scaler = torch.amp.GradScaler("cpu", init_scale=1024.0, growth_interval=1)
    once = Once(tmp_path / "run", scaler=scaler)
    for name in ("gradient/norm", "gradient/unclipped", "activation_gradient/rms"):
        np.testing.assert_allclose(once.values(name), plain.values(name), rtol=1e-3)
    assert once.run("scale/value") == 1024.0
    assert once.run("gradient/unclipped_all") == pytest.approx(plain.run("gradient/norm_all"), rel=1e-3)


def test_an_overflow_is_counted_and_is_no_step(tmp_path: Path) -> None:
    model = built()
    (optimizer,) = sgd(model)
    scaler = torch.amp.GradScaler("cpu", init_scale=64.0)
    images, labels = data(8)
    with recorder(model, [optimizer], tmp_path / "run", scaler=scaler) as rec:
        for number in range(4):
            optimizer.zero_grad()
            loss = functional.cross_entropy(model(images), labels)
            scaler.scale(loss).backward()
            if number == 2:
                model.get_parameter("conv1.weight").grad.fill_(torch.inf)  # pyright: ignore[reportOptionalMemberAccess]
            scaler.step(optimizer)
            scaler.update()
            rec.step(loss)
    _, series = recorded(tmp_path / "run")
    assert [(event.step, event.value) for event in series.events if event.name == "overflow"] == [(2, 32.0)]
    assert series.run["scale/overflows"].values.tolist() == [0.0, 0.0, 1.0]
    assert series.run["loss"].steps.tolist() == [1, 2, 3]


def test_training_images_that_are_in_the_probe_set_are_recognised(tmp_path: Path) -> None:
    model = built()
    optimizers = sgd(model)
    images, labels = data()
    with recorder(model, optimizers, tmp_path / "run", probe=(images[:4], labels[:4])) as rec:
        train(model, optimizers, rec, steps=1)
    assert recorded(tmp_path / "run")[1].run["input/in_probe"].values.tolist() == [0.5]


def test_parameters_without_gradient_or_optimizer_are_named(tmp_path: Path) -> None:
    model = built()
    optimizers = [torch.optim.SGD([model.get_parameter("conv1.weight"), nn.Parameter(torch.zeros(2))], lr=0.1)]
    with recorder(model, optimizers, tmp_path / "run") as rec:
        train(model, optimizers, rec, steps=1)
    _, series = recorded(tmp_path / "run")
    assert "head.bias" in series.head.unoptimized
    assert "conv1.weight" not in series.head.unoptimized
    (event,) = [event for event in series.events if event.name == "parameters"]
    assert event.names == ("?",)
    assert series.run["parameters/unoptimized"].values[0] == len(list(model.parameters())) - 1
