"""What an analysis writes about connections, and that nothing in it loses what was collected."""

import math
from pathlib import Path
from time import perf_counter

import msgspec
import numpy as np
import pytest
import torch
from torch import nn

import cnnvis
from cnnvis.analysis.group import group_layers
from cnnvis.compose import connecting
from cnnvis.compose.connecting import (
    FEWEST_IMAGES,
    LEAST_SECONDS,
    MOST_IMAGES,
    VALUE_SECONDS,
    connection_seconds,
    contribution_images,
    matrix_bytes,
)
from cnnvis.compose.studio import Studio
from cnnvis.observe.collect import engine
from cnnvis.schema.graph import LayerGraph
from cnnvis.store.reader import Run


def analysed(folder: Path, *, contributions: bool = True) -> Run:
    torch.manual_seed(0)
    first, second = nn.Conv2d(3, 6, 3), nn.Conv2d(6, 5, 3, stride=2)
    model = nn.Sequential(first, nn.ReLU(), second, nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(5, 3))
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (24, 10, 10, 3)).astype(np.uint8), np.arange(24) % 3
    return cnnvis.analyze(model, images, to=folder / "run", contributions=contributions, progress=False)


class Residual(nn.Module):
    """Two convolutions and a shortcut: a block with layers which are no column."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Conv2d(6, 4, 1), nn.Conv2d(4, 6, 1)

    def forward(self, before: torch.Tensor) -> torch.Tensor:
        return torch.relu(before + self.second(torch.relu(self.first(before))))


class TwoSteps(nn.Module):
    """A network of one such block."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.stem, self.block, self.head = nn.Conv2d(3, 6, 3), Residual(), nn.Linear(6, 3)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self.head(self.block(torch.relu(self.stem(images))).mean((2, 3)))


def analysed_steps(folder: Path) -> Run:
    images = np.random.default_rng(0).integers(0, 256, (24, 10, 10, 3)).astype(np.uint8), np.arange(24) % 3
    return cnnvis.analyze(TwoSteps(), images, to=folder / "run", contributions=False, progress=False)


def test_any_two_layers_are_connected(tmp_path: Path) -> None:
    run = analysed_steps(tmp_path)
    assert run.connections is not None
    stem, first, second, after, head = [unit.id for unit in run.graph.units]
    pairs = {(stem, first), (first, second), (second, after), (stem, after), (after, head)}
    assert set(run.connections.pairs) == pairs
    weights = TwoSteps().block.first.weight.detach()[:, :, 0, 0].numpy().T
    np.testing.assert_allclose(run.connections.values(stem, first), weights, rtol=1e-3, atol=1e-6)
    np.testing.assert_array_equal(run.connections.values(stem, after), np.eye(6))


def test_of_a_very_large_network_groups_and_blocks_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connecting, "MOST_BYTES", 10)
    run = analysed_steps(tmp_path)
    assert run.connections is not None
    kept = {column for pair in run.connections.pairs for column in pair}
    groups = group_layers(run.graph).groups
    wanted = {group.representative for group in groups}
    assert kept == wanted | {block.representative for group in groups for block in group.blocks}
    assert kept < {unit.id for unit in run.graph.units}
    (said,) = [each for each in run.snapshot.warnings if "between all layers would take" in each]
    assert said.endswith("they are kept for groups and blocks only.")


def test_the_matrices_take_two_bytes_per_pair_of_neurons(tmp_path: Path) -> None:
    run = analysed_steps(tmp_path)
    assert matrix_bytes(run.graph, [unit.id for unit in run.graph.units]) == 2 * (6 * 4 + 4 * 6 + 6 * 6 + 6 * 6 + 6 * 3)


def test_a_run_holds_connections_of_both_kinds(tmp_path: Path) -> None:
    run = analysed(tmp_path)
    studio = Studio(run)
    columns = studio.columns()
    assert run.connections is not None
    assert run.contribution_connections is not None
    assert {column for pair in run.connections.pairs for column in pair} == set(columns)
    for (source, target), matrix in run.contribution_connections.pairs.items():
        clusters = [tuple(sorted(cluster.neurons)) for cluster in studio.layer(target).clusters]
        assert matrix.clusters == tuple(clusters)
        assert matrix.values.shape == (run.graph.unit(source).neurons, len(clusters))


def test_a_linear_way_is_the_product_of_its_weights(tmp_path: Path) -> None:
    """From the last ReLU through mean pooling and the classifier: the classifier's weights, as they are."""
    run = analysed(tmp_path)
    torch.manual_seed(0)
    _ = nn.Conv2d(3, 6, 3), nn.Conv2d(6, 5, 3, stride=2)
    weights = nn.Linear(5, 3).weight.detach().numpy().T
    assert run.connections is not None
    np.testing.assert_allclose(run.connections.values("3", "6"), weights, rtol=1e-3, atol=1e-6)


def test_without_contributions_those_by_weight_are_there(tmp_path: Path) -> None:
    run = analysed(tmp_path, contributions=False)
    assert run.connections is not None
    assert run.contribution_connections is None


@pytest.mark.parametrize("broken", ["channel_graph", "connect"])
def test_what_breaks_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    def breaks(*_: object, **__: object) -> None:
        message = "out of\nmemory"
        raise RuntimeError(message)

    monkeypatch.setattr(connecting, broken, breaks)
    run = analysed(tmp_path)
    assert run.snapshot.images_seen == 24
    assert (run.connections is None) == (broken == "channel_graph")
    assert (run.contribution_connections is None) == (broken == "connect")
    said = [warning for warning in run.snapshot.warnings if "Connections by weight failed (out of memory)" in warning]
    assert len(said) == (broken == "channel_graph")


def small_network() -> LayerGraph:
    model = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 3))
    return cnnvis.trace(model, torch.zeros(1, 3, 10, 10))


def widened(graph: LayerGraph, times: int) -> LayerGraph:
    layers = tuple(msgspec.structs.replace(layer, shape=(times, *layer.shape)) for layer in graph.layers)
    return msgspec.structs.replace(graph, layers=layers)


@pytest.mark.parametrize("clusters", [1, 10, 100, 10_000])
@pytest.mark.parametrize("images", [0, 50, 5000, 1_000_000])
@pytest.mark.parametrize("times", [1, 1000, 1_000_000])
def test_the_pass_takes_about_as_long_as_the_one_over_the_data(clusters: int, images: int, times: int) -> None:
    graph = widened(small_network(), times)
    each = VALUE_SECONDS * sum(math.prod(layer.shape) for layer in graph.layers)
    looked_at = contribution_images(images, graph, clusters)
    assert FEWEST_IMAGES <= looked_at <= MOST_IMAGES
    allowed = max(images * each, LEAST_SECONDS)
    assert looked_at == FEWEST_IMAGES or looked_at * each * (1 + clusters) <= allowed * 1.001
    assert looked_at == MOST_IMAGES or (looked_at + 1) * each * (1 + clusters) > allowed * 0.999


def test_the_forecast_counts_the_images_that_are_looked_at() -> None:
    graph = small_network()
    for images, each, columns in ((5000, 0.01, 4), (50, 0.2, 20), (100, 0.001, 2)):
        clusters = connecting.CLUSTERS * columns
        expected = contribution_images(images, graph, clusters) * each * (1 + clusters)
        assert connection_seconds(images, each, graph, columns) == pytest.approx(expected)


def test_the_same_data_give_the_same_connections_however_long_the_pass_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = analysed(tmp_path / "one").contribution_connections
    monkeypatch.setattr(engine, "perf_counter", lambda: 1e6 * perf_counter())
    other = analysed(tmp_path / "other").contribution_connections
    assert one is not None
    assert other is not None
    assert one.images == other.images
    assert one.pairs.keys() == other.pairs.keys()
    for pair, matrix in one.pairs.items():
        assert matrix.clusters == other.pairs[pair].clusters
        assert np.array_equal(matrix.values, other.pairs[pair].values)
