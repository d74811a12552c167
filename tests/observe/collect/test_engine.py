"""The whole pass on stored activations: against plain loops, under any split, order and interruption."""

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from cnnvis.observe.collect import CollectOptions, collect
from cnnvis.schema.errors import DataError, ModelError, RunError
from tests.observe.collect.helpers import Memory, Replay, by_loops, evenly, graph_of, replayed, same_bytes

Function = Callable[[float], float]

ACTIVATIONS: list[tuple[str, nn.Module | None, Function, Function]] = [
    ("none", None, lambda x: x, lambda x: 1.0),
    ("relu", nn.ReLU(), lambda x: max(x, 0.0), lambda x: float(x > 0)),
    ("relu in place", nn.ReLU(inplace=True), lambda x: max(x, 0.0), lambda x: float(x > 0)),
    ("relu6", nn.ReLU6(), lambda x: min(max(x, 0.0), 6.0), lambda x: float(0 < x < 6)),
    ("leaky", nn.LeakyReLU(0.25), lambda x: x if x > 0 else 0.25 * x, lambda x: 1.0 if x > 0 else 0.25),
    (
        "silu",
        nn.SiLU(),
        lambda x: x / (1 + math.exp(-x)),
        lambda x: 1 / (1 + math.exp(-x)) * (1 + x * (1 - 1 / (1 + math.exp(-x)))),
    ),
    ("sigmoid", nn.Sigmoid(), lambda x: 1 / (1 + math.exp(-x)), lambda x: math.exp(-x) / (1 + math.exp(-x)) ** 2),
    ("tanh", nn.Tanh(), math.tanh, lambda x: 1 - math.tanh(x) ** 2),
    (
        "hardtanh",
        nn.Hardtanh(),
        lambda x: min(max(x, -1.0), 1.0),
        lambda x: float(-1 < x < 1),
    ),
]


def maps(seed: int, size: tuple[int, int] = (3, 5)) -> tuple[np.ndarray, np.ndarray]:
    """Return activations in eighths, whose float32 sums are exact, and labels, some of them missing."""
    rng = np.random.default_rng(seed)
    images = 13
    values = rng.integers(-40, 72, (images, 4, *size)) / 8
    values[:, 1] = np.minimum(values[:, 1], -0.125)  # never active
    values[:, 2] = np.where(values[:, 2] > 0, 8.0, values[:, 2])  # ties: many positions above the plateau of 6
    return values.astype(np.float32), rng.integers(-1, 3, images)


@pytest.mark.parametrize("size", [(3, 5), (8, 9)])
@pytest.mark.parametrize("pool", ["mean", "max"])
@pytest.mark.parametrize(("name", "activation", "function", "derivative"), ACTIVATIONS)
def test_every_statistic_agrees_with_the_oracle(
    name: str, activation: nn.Module | None, function: Function, derivative: Function, pool: str, size: tuple[int, int]
) -> None:
    values, labels = maps(0, size)
    found = replayed(values, labels, activation=activation, top_k=3, pool=pool)
    (unit,) = found.statistics.units.values()
    pooled: Callable[[list[float]], float] = max if pool == "max" else (lambda cells: sum(cells) / len(cells))
    expected = by_loops(values, labels, np.arange(13), function, derivative, classes=3, k=3, pool=pooled)
    for key, value in expected.items():
        np.testing.assert_allclose(vars(unit)[key], value, rtol=2e-6, atol=2e-6, err_msg=f"{name} {key}")
    assert unit.never_active.tolist() == [False, True, False, False]


@pytest.mark.parametrize("size", [(3, 5), (8, 9)])
@pytest.mark.parametrize("name", ["relu", "relu in place", "relu6", "silu"])
def test_large_maps_in_pieces_give_the_same(name: str, size: tuple[int, int]) -> None:
    values, labels = maps(1, size)
    activation = next(module for known, module, _, _ in ACTIVATIONS if known == name)
    whole, pieces = (replayed(values, labels, activation=activation, top_k=3, piece_bytes=b) for b in (1 << 20, 500))
    (one,), (other,) = whole.statistics.units.values(), pieces.statistics.units.values()
    for key in vars(one):
        np.testing.assert_allclose(vars(other)[key], vars(one)[key], rtol=2e-6, atol=2e-6, err_msg=key)
    np.testing.assert_array_equal(pieces.statistics.confusion, whole.statistics.confusion)


def test_values_that_are_not_finite_are_counted_and_not_spread() -> None:
    values, labels = maps(1)
    values[2, 0, 1, 1] = np.nan
    values[3, 0, 0, 0] = np.inf
    values[5, 2] = -np.inf
    values[6, 3] = 3e38  # finite, but its sum in float32 is not
    found = replayed(values, labels, activation=nn.ReLU(), top_k=4)
    (unit,) = found.statistics.units.values()
    expected = by_loops(values, labels, np.arange(13), lambda x: max(x, 0.0), lambda x: float(x > 0), classes=3, k=4)
    for key, value in expected.items():
        np.testing.assert_allclose(vars(unit)[key], value, rtol=2e-6, atol=2e-6, err_msg=key)
    assert found.facts.nonfinite == 2 + 15
    assert "NaN or infinite" in found.facts.warnings[0]


@pytest.mark.parametrize("first", [16, 1000])
def test_positions_are_counted_wherever_in_a_data_set_the_images_lie(first: int) -> None:
    """Some images from the middle of a data set once had no share of active positions: none of them was counted."""
    values, labels = maps(2, (8, 9))
    samples = np.arange(13) + first
    found = replayed(values, labels, activation=nn.ReLU(), samples=samples, top_k=3)
    (unit,) = found.statistics.units.values()
    expected = by_loops(values, labels, samples, lambda x: max(x, 0.0), lambda x: float(x > 0), classes=3, k=3)
    for key in ("active", "slope"):
        np.testing.assert_allclose(vars(unit)[key], expected[key], rtol=2e-6, err_msg=key)


@given(st.data())
def test_any_split_and_order_gives_the_same_result(data: st.DataObject) -> None:
    values, labels = maps(data.draw(st.integers(0, 5)), (4, 4))  # sixteenths of eighths: means are exact too
    order = np.array(data.draw(st.permutations(range(13))))
    cuts = sorted(data.draw(st.sets(st.integers(1, 12), max_size=6)))
    portions = [part for part in np.split(order, cuts) if len(part)]
    known = replayed(values, labels, activation=nn.ReLU(), top_k=3, probe_images=5)
    found = replayed(values, labels, activation=nn.ReLU(), batches=portions, top_k=3, probe_images=5)
    same_bytes(known, found)


@pytest.mark.parametrize("order", [1, -1])
def test_ties_go_to_the_lower_sample_id(order: int) -> None:
    values = np.full((6, 1, 2, 2), 1.0, np.float32)
    found = replayed(
        values, np.zeros(6, np.int64), activation=nn.ReLU(), top_k=4, batches=evenly(6, 2)[::order],
        samples=np.array([50, 40, 30, 20, 10, 0]), classes=1,
    )  # fmt: skip
    (unit,) = found.statistics.units.values()
    assert unit.top_sample.tolist() == [[0, 10, 20, 30]]
    assert (unit.top_y.tolist(), unit.top_x.tolist()) == ([[0] * 4], [[0] * 4])


def test_confusion_accuracy_and_outcomes() -> None:
    values, labels = maps(2)
    found = replayed(values, labels, activation=nn.ReLU())
    predicted = np.maximum(values, 0).max((2, 3)).argmax(1)
    expected = np.zeros((3, 4), np.int64)
    for label, guess in zip(labels, predicted, strict=True):
        if label >= 0:
            expected[label, guess] += 1
    assert found.statistics.confusion.tolist() == expected.tolist()
    assert found.facts.correct == expected.trace()
    assert found.statistics.class_images.tolist() == np.bincount(labels[labels >= 0], minlength=3).tolist()
    assert found.outcomes == {int(i): (int(labels[i]), int(predicted[i])) for i in found.needed}


def test_class_map_counts_other_outputs_in_a_last_column() -> None:
    values, labels = maps(2)
    mapped = np.array([-1, 0, 1, 2])
    found = replayed(values, labels, activation=nn.ReLU(), label_of_output=mapped)
    predicted = mapped[np.maximum(values, 0).max((2, 3)).argmax(1)]
    assert found.statistics.confusion.shape == (3, 4)
    assert found.facts.correct == int(((predicted == labels) & (labels >= 0)).sum())
    assert found.statistics.confusion[:, 3].sum() == int(((predicted < 0) & (labels >= 0)).sum())


def test_without_labels_there_is_no_accuracy() -> None:
    values, _ = maps(2)
    found = replayed(values, np.full(13, -1), activation=nn.ReLU(), probe_images=5)
    (unit,) = found.statistics.units.values()
    assert found.facts.correct is None
    assert np.isnan(unit.after_mean).all()
    assert np.isfinite(unit.mean).all()
    assert found.facts.probe_images == 5


@pytest.mark.parametrize("activation", [nn.ReLU(), None])
def test_by_prediction_is_what_predictions_as_labels_would_give(activation: nn.Module | None) -> None:
    values, _ = maps(2)
    predicted = (values if activation is None else np.maximum(values, 0)).max((2, 3)).argmax(1)
    taken = np.where(predicted < 3, predicted, -1)  # the fourth output is no class
    none = np.full(13, -1)
    found = replayed(values, none, activation=activation, probe_images=6, by_prediction=True)
    known = replayed(values, taken, activation=activation, probe_images=6)
    assert set(predicted.tolist()) > {3}
    (one,), (other,) = found.statistics.units.values(), known.statistics.units.values()
    for key in vars(one):
        np.testing.assert_array_equal(vars(one)[key], vars(other)[key], err_msg=key)
    probe, labelled = found.statistics.probe, known.statistics.probe
    np.testing.assert_array_equal(found.statistics.class_images, known.statistics.class_images)
    np.testing.assert_array_equal(probe.samples, labelled.samples)
    np.testing.assert_array_equal(probe.groups(3, by_prediction=True), labelled.labels)
    assert set(probe.labels.tolist()) == {-1}
    assert {label for label, _ in found.outcomes.values()} == {-1}
    assert not found.statistics.confusion.any()
    assert found.facts.correct is None
    assert not found.facts.warnings


def test_by_prediction_says_that_labels_are_left_out() -> None:
    values, labels = maps(2)
    found = replayed(values, labels, activation=nn.ReLU(), by_prediction=True)
    assert found.facts.correct is None
    assert f"{(labels >= 0).sum()} images that do have a label" in found.facts.warnings[0]


@pytest.mark.parametrize("stop", [1, 2, 4])
def test_an_interrupted_pass_goes_on_to_the_same_bytes(tmp_path: Path, stop: int) -> None:
    values, labels = maps(3)
    values = values + np.float32(0.1)  # sums that round
    values[1, 0, 0, 0] = np.nan
    model = Replay(4, nn.ReLU())
    graph = graph_of(model, values)
    options = CollectOptions(classes=3, representatives=(graph.units[0].id,), device="cpu", probe_images=5)
    whole = collect(model, Memory(values, labels, evenly(13, 3)), graph, options=options)
    kept = CollectOptions(**vars(options) | {"state": tmp_path / "resume"})
    part = collect(model, Memory(values, labels, evenly(13, 3), stop_at=stop), graph, options=kept)
    assert not part.facts.complete
    assert part.facts.images_seen == 3 * stop
    assert f"Stopped early: {3 * stop} of 13 images." in part.facts.warnings
    resumed = CollectOptions(**vars(kept) | {"resume": True})
    again = collect(model, Memory(values, labels, evenly(13, 3)), graph, options=resumed)
    assert again.facts.complete
    same_bytes(whole, again)
    finished = collect(model, Memory(values, labels, evenly(13, 3)), graph, options=resumed)
    same_bytes(whole, finished)


def test_an_interrupt_before_the_first_batch_leaves_nothing_to_show() -> None:
    values, labels = maps(3)
    model = Replay(4, nn.ReLU())
    source = Memory(values, labels, evenly(13, 3), stop_at=0)
    with pytest.raises(KeyboardInterrupt):
        collect(model, source, graph_of(model, values), options=CollectOptions(classes=3))


@pytest.mark.parametrize("changed", ["model", "data", "options"])
def test_a_state_of_something_else_is_refused(tmp_path: Path, changed: str) -> None:
    values, labels = maps(3)
    model = Replay(4, nn.ReLU())
    graph = graph_of(model, values)
    options = CollectOptions(classes=3, state=tmp_path)
    collect(model, Memory(values, labels, evenly(13, 3), stop_at=2), graph, options=options)
    if changed == "model":
        nn.init.zeros_(model.conv.weight)
    name = "others" if changed == "data" else "memory"
    options = CollectOptions(classes=3, state=tmp_path, resume=True, top_k=5 if changed == "options" else 9)
    with pytest.raises(RunError, match=f"other {changed}"):
        collect(model, Memory(values, labels, evenly(13, 3), name=name), graph, options=options)


def test_other_batches_than_before_the_interrupt_are_refused(tmp_path: Path) -> None:
    values, labels = maps(3)
    model = Replay(4, nn.ReLU())
    graph = graph_of(model, values)
    collect(
        model,
        Memory(values, labels, evenly(13, 3), stop_at=2),
        graph,
        options=CollectOptions(classes=3, state=tmp_path),
    )
    options = CollectOptions(classes=3, state=tmp_path, resume=True)
    with pytest.raises(RunError, match="same batches"):
        collect(model, Memory(values, labels, evenly(13, 4)), graph, options=options)


@pytest.mark.parametrize("stop", [None, 2])
def test_pictures_of_a_stream_are_kept_while_they_pass(tmp_path: Path, stop: int | None) -> None:
    values, labels = maps(4)
    model = Replay(4, nn.ReLU())
    graph = graph_of(model, values)
    options = CollectOptions(classes=3, top_k=2, state=tmp_path, device="cpu")
    source = Memory(values, labels, evenly(13, 3), rereadable=False, stop_at=stop)
    found = collect(model, source, graph, options=options)
    if stop is not None:
        source = Memory(values, labels, evenly(13, 3), rereadable=False)
        found = collect(model, source, graph, options=CollectOptions(**vars(options) | {"resume": True}))
    assert len(found.needed)
    for sample in found.needed.tolist():
        assert found.picture(sample).pixels[0, 0, 0] == sample
    with pytest.raises(DataError, match="was not kept"):
        found.picture(999)


class _Failing(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if bool((x > 999).any()):
            raise ValueError("it broke")
        return torch.relu(x)


class Broken(nn.Module):
    """Fails in an inner module on an image with a value above 999."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = Replay(4, _Failing())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.inner(x)


def test_a_model_that_fails_is_named_and_the_state_is_kept(tmp_path: Path) -> None:
    values, labels = maps(5)
    model = Broken().train()
    graph = graph_of(model, values)
    values[7, 0, 0, 0] = 1000.0
    with pytest.raises(ModelError, match=r"batch 2 with input \[3, 4, 3, 5\], in module inner.act: it broke"):
        collect(model, Memory(values, labels, evenly(13, 3)), graph, options=CollectOptions(classes=3, state=tmp_path))
    assert (tmp_path / "state.json").exists()
    assert all(not module._forward_hooks and not module._forward_pre_hooks for module in model.modules())
    assert all(module.training for module in model.modules())


def test_the_model_is_left_as_it_was() -> None:
    values, labels = maps(5)
    model = nn.Sequential(Replay(4, nn.ReLU()), nn.BatchNorm1d(4), nn.Dropout(0.5))
    model[1].eval()
    graph = graph_of(model, values)
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    random = torch.get_rng_state()
    collect(model, Memory(values, labels, evenly(13, 3)), graph, options=CollectOptions(classes=3))
    assert [module.training for module in model] == [True, False, True]
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())
    assert torch.equal(torch.get_rng_state(), random)
    assert all(not module._forward_hooks and not module._forward_pre_hooks for module in model.modules())
    assert torch.is_grad_enabled()


def test_more_classes_than_outputs_names_both_numbers() -> None:
    values, labels = maps(0)
    with pytest.raises(DataError, match="has 7 classes, but the model has 4 outputs.*--class-map"):
        replayed(values, labels, activation=nn.ReLU(), classes=7)


def test_a_label_beyond_the_classes_is_an_error() -> None:
    values, labels = maps(0)
    with pytest.raises(DataError, match="label 2, but only 2 classes"):
        replayed(values, labels, activation=nn.ReLU(), classes=2)


def test_data_without_images_is_an_error() -> None:
    values, labels = maps(0)
    model = Replay(4, nn.ReLU())
    with pytest.raises(DataError, match="has no image"):
        collect(model, Memory(values, labels, []), graph_of(model, values), options=CollectOptions(classes=3))


class Branching(nn.Module):
    """Runs one of its units only for bright batches."""

    def __init__(self) -> None:
        super().__init__()
        self.always = Replay(4, nn.ReLU())
        self.bright = nn.Linear(4, 5)
        self.last = nn.Linear(5, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        value = self.always(x)
        if float(x.mean()) > 0:
            return self.last(torch.relu(self.bright(value)))
        return value


def test_a_unit_that_runs_for_some_batches_counts_only_those() -> None:
    values, labels = maps(6)
    values = np.abs(values) + 1
    values[3:6] *= -1
    model = Branching()
    graph = graph_of(model, values)
    found = collect(model, Memory(values, labels, evenly(13, 3)), graph, options=CollectOptions(classes=3))
    (name,) = [unit.id for unit in graph.units if unit.neurons == 5]
    unit = found.statistics.units[name]
    with torch.no_grad():
        rows = np.r_[0:3, 6:13]
        expected = torch.relu(model.bright(model.always(torch.from_numpy(values[rows])))).numpy()
    np.testing.assert_allclose(unit.mean, expected.mean(0), rtol=1e-5)
    np.testing.assert_allclose(unit.minimum, expected.min(0), rtol=1e-5)
    assert not np.isin(unit.top_sample, [3, 4, 5]).any()
