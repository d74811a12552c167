"""Contribution from cluster to cluster: closed forms, finite differences with the other columns held, and manners."""

import numpy as np
import pytest
import torch
from torch import nn

from cnnvis.observe.connect import ProbeReading, connect
from cnnvis.schema.connections import ContributionConnections
from cnnvis.schema.errors import ModelError
from tests.observe.connect.helpers import PLACES, Skips, memory, probe, traced, unit_of
from tests.observe.contribute.helpers import close, noise

CLUSTERS = {unit_of(name): ((0, 2), (1,)) for name in PLACES}
PAIRS = [("first", "second"), ("first", "third"), ("second", "third"), ("second", "fourth"), ("third", "fourth")]


@pytest.fixture(autouse=True)
def seeded() -> None:
    torch.manual_seed(0)


def connected(
    model: nn.Module, images: np.ndarray, clusters: dict[str, tuple[tuple[int, ...], ...]], **choices: object
) -> ContributionConnections:
    """Run the pass over images in memory, all of them probe images."""
    graph = traced(model, images)
    reading = ProbeReading(**{"device": "cpu", "batch": 3} | choices)
    return connect(
        model, memory(images), graph, probe=probe(len(images)), clusters=clusters, reading=reading
    ).connections


def test_a_linear_network_has_a_closed_form() -> None:
    """Channel sums times the kernel, averaged over the cluster; bias and position do not matter."""
    first, second = nn.Conv2d(2, 4, 1), nn.Conv2d(4, 5, 1)
    images = noise(6, (2, 4, 4))
    found = connected(nn.Sequential(first, second), images, {"0": (), "1": ((0, 1, 4), (2, 3))})
    assert list(found.pairs) == [("0", "1")]
    with torch.no_grad():
        means = first(torch.from_numpy(images)).mean((0, 2, 3)).numpy()
    kernel = second.weight.detach().numpy()[:, :, 0, 0]
    wanted = np.stack([kernel[[0, 1, 4]].mean(0) * means, kernel[[2, 3]].mean(0) * means], axis=1)
    close(found.pairs["0", "1"].values, wanted)
    assert found.pairs["0", "1"].clusters == ((0, 1, 4), (2, 3))
    assert (found.images, found.notes) == (6, ())


@pytest.mark.parametrize("kind", [nn.Tanh, nn.GELU, nn.ReLU])
def test_it_is_the_slope_when_a_neuron_is_scaled_and_the_other_columns_are_held(kind: type[nn.Module]) -> None:
    model = Skips(kind).double()
    images = noise(5, (2, 5, 5)).astype(np.float64)
    found = connected(model, images, CLUSTERS)
    assert list(found.pairs) == [(unit_of(source), unit_of(target)) for source, target in PAIRS]
    inputs = torch.from_numpy(images)
    with torch.no_grad():
        _, clean = model.steps(inputs)
        for source, target in PAIRS:
            for neuron in range(3):
                ends: list[torch.Tensor] = []
                for factor in (1 - 1e-6, 1 + 1e-6):
                    value = clean[source].clone()
                    value[:, neuron] *= factor
                    before, _ = model.steps(inputs, clean | {source: value})
                    ends.append(before[target].mean((0, 2, 3)))
                slope = ((ends[1] - ends[0]) / 2e-6).numpy()
                values = found.pairs[unit_of(source), unit_of(target)].values[neuron]
                np.testing.assert_allclose(values, [slope[[0, 2]].mean(), slope[1]], rtol=1e-5, atol=1e-8)


def test_in_place_activations_and_any_batch_size_give_the_same() -> None:
    model, images = Skips(nn.ReLU), noise(7, (2, 5, 5))
    wanted = connected(model, images, CLUSTERS)
    torch.manual_seed(0)
    other = Skips(in_place=True)
    for batch in (1, 4, 7):
        found = connected(other, images, CLUSTERS, batch=batch)
        for pair, matrix in wanted.pairs.items():
            close(found.pairs[pair].values, matrix.values)


class Branches(nn.Module):
    """Whatever reads a column only behind another column, or adds to its output in place, must not count."""

    def __init__(self) -> None:
        super().__init__()
        self.one, self.two, self.three = (nn.Conv2d(2, 2, 1) for _ in range(3))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        a = torch.relu(self.one(x))
        b = torch.relu(self.two(a))
        b += a
        return self.three(b).mean((2, 3))


def test_what_is_added_onto_a_columns_output_in_place_is_a_path_of_its_own() -> None:
    model, images = Branches(), noise(4, (2, 3, 3))
    graph = traced(model, images)
    ids = [unit.id for unit in graph.units]
    found = connected(model, images, {ids[0]: (), ids[1]: ((0,), (1,)), ids[2]: ((0,), (1,))})
    assert list(found.pairs) == [(ids[0], ids[1]), (ids[0], ids[2]), (ids[1], ids[2])]
    with torch.no_grad():
        a = torch.relu(model.one(torch.from_numpy(images)))
        b = torch.relu(model.two(a))
    kernel = model.three.weight.detach().numpy()[:, :, 0, 0].T
    close(found.pairs[ids[0], ids[2]].values, a.mean((0, 2, 3)).numpy()[:, None] * kernel)
    close(found.pairs[ids[1], ids[2]].values, b.mean((0, 2, 3)).numpy()[:, None] * kernel)


def test_a_column_behind_another_ends_the_gradient_also_where_slopes_are_infinite() -> None:
    """The square root has an infinite slope at 0; a gradient of zero that met it would become NaN."""

    class Root(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.one, self.two, self.three = (nn.Conv2d(1, 1, 1) for _ in range(3))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            a = torch.relu(self.one(x))
            b = torch.relu(self.two(torch.sqrt(a)))
            return torch.relu(self.three(b)).mean((2, 3))

    model, images = Root(), noise(4, (1, 4, 4))
    ids = [unit.id for unit in traced(model, images).units]
    found = connected(model, images, {ids[0]: (), ids[1]: (), ids[2]: ((0,),)})
    assert list(found.pairs) == [(ids[1], ids[2])]
    assert np.isfinite(found.pairs[ids[1], ids[2]].values).all()
    assert found.notes == ()


def test_images_that_are_not_finite_are_left_out_and_counted() -> None:
    model, images = Skips(), noise(6, (2, 5, 5))
    spoilt = images.copy()
    spoilt[4] = np.nan
    found = connected(model, spoilt, CLUSTERS)
    wanted = connected(model, np.delete(images, 4, 0), CLUSTERS)
    assert found.notes == ("1 probe images have contributions that are NaN or infinite; left out.",)
    for pair, matrix in wanted.pairs.items():
        close(found.pairs[pair].values, matrix.values)


def test_data_that_end_early_are_told() -> None:
    model, images = Skips(), noise(4, (2, 5, 5))
    found = connect(model, memory(images), traced(model, images), probe=probe(6), clusters=CLUSTERS)
    assert found.connections.images == 4
    assert found.connections.notes[0].startswith("Connections by contribution cover 4 of 6 probe images;")


def test_a_model_that_allows_no_gradients_is_a_sentence() -> None:
    class Broken(torch.autograd.Function):
        @staticmethod
        def forward(ctx: object, x: torch.Tensor) -> torch.Tensor:
            return x.clone()

    class Between(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.one, self.two = nn.Conv2d(1, 1, 1), nn.Conv2d(1, 1, 1)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.two(Broken.apply(torch.relu(self.one(x))))

    images = noise(2, (1, 3, 3))
    model = Between()
    ids = [unit.id for unit in traced(model, images).units]
    with pytest.raises(ModelError, match="Connections by contribution need gradients"):
        connected(model, images, {ids[0]: (), ids[1]: ((0,),)})
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())


def test_the_model_is_left_as_it_was_and_progress_can_end_the_pass() -> None:
    model, images = Skips(), noise(6, (2, 5, 5))
    model.train()
    state = {name: tensor.clone() for name, tensor in model.state_dict().items()}

    class EndedError(Exception):
        pass

    def end(done: int, _total: int) -> None:
        if done:
            raise EndedError

    with pytest.raises(EndedError):
        connected(model, images, CLUSTERS, progress=end)
    connected(model, images, CLUSTERS)
    assert all(module.training for module in model.modules())
    assert all(torch.equal(tensor, state[name]) for name, tensor in model.state_dict().items())
    assert all(parameter.grad is None for parameter in model.parameters())
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in model.modules())


def test_progress_is_told_after_every_pass() -> None:
    told: list[tuple[int, int]] = []
    connected(Skips(), noise(6, (2, 5, 5)), CLUSTERS, progress=lambda done, total: told.append((done, total)))
    # One forward pass and one backward pass per target cluster; nothing leads to the first column.
    passes = 1 + sum(len(clusters) for name, clusters in CLUSTERS.items() if name != unit_of("first"))
    assert told == [(3 * done, 6 * passes) for done in range(2 * passes + 1)]


def test_the_same_bytes_twice_also_without_gradients_around() -> None:
    model, images = Skips(), noise(6, (2, 5, 5))
    first = connected(model, images, CLUSTERS)
    with torch.no_grad():
        second = connected(model, images, CLUSTERS)
    for pair, matrix in first.pairs.items():
        assert matrix.values.tobytes() == second.pairs[pair].values.tobytes()
