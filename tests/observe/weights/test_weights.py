"""Channel graphs of random linear networks give their Jacobian; real ones give matrices with named gaps."""

from types import ModuleType

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F  # noqa: N812 - as everybody writes it

from cnnvis.analysis.connect import channel_matrices
from cnnvis.observe.trace import require_complete, trace
from cnnvis.observe.weights import channel_graph
from cnnvis.schema.connections import ChannelGraph, ConnectionMatrix
from cnnvis.schema.statistics import UnitStatistics
from tests.observe.networks import NETWORKS, Network
from tests.observe.weights.linear_networks import LinearNetwork, jacobian


def linear_network(seed: int) -> tuple[nn.Module, torch.Tensor]:
    model = LinearNetwork(seed).double().eval()
    image = torch.rand(1, 3, 1, 1, dtype=torch.float64).expand(1, 3, 14, 14).contiguous()
    with torch.no_grad():
        model(image)
    return model.double(), image


@settings(max_examples=8)  # each builds and traces a network
@given(st.integers(0, 10_000))
def test_linear_networks_give_their_jacobian(seed: int) -> None:
    model, image = linear_network(seed)
    graph = trace(model, image)
    units = [unit.id for unit in graph.units]
    chosen = np.random.default_rng(seed).permutation(units)[: 2 + seed % 3].tolist()
    columns = [unit for unit in units if unit in chosen]
    maps = channel_graph(model, image, graph)
    assert {found.status for found in maps.maps} == {"exact"}
    found = channel_matrices(maps, columns).pairs
    for index, source in enumerate(columns):
        for place, target in enumerate(columns[index + 1 :], start=index + 1):
            others = [column for number, column in enumerate(columns) if number not in (index, place)]
            expected = jacobian(model, image, source, target, others)
            if (source, target) in found:
                assert expected is not None
                np.testing.assert_allclose(found[source, target].values, expected, rtol=1e-9, atol=1e-11)
            else:
                assert expected is None or not expected.any()


def statistics(neurons: int, *, slope: float = 1.0, mean: float = 0.0) -> UnitStatistics:
    """Return statistics of which only slope and mean matter here; they rise by 0.1 per neuron."""
    row, places = np.zeros((1, neurons)), np.zeros((neurons, 1))
    steps = np.arange(neurons) / 10
    return UnitStatistics(
        after_mean=row, after_std=row, before_mean=row, mean=mean + steps, std=row[0], minimum=row[0], maximum=row[0],
        active=row[0], slope=slope + steps, nonfinite=row[0].astype(np.int64), top_value=places,
        top_sample=places.astype(np.int64), top_y=places.astype(np.int64), top_x=places.astype(np.int64),
    )  # fmt: skip


def maps_of(
    model: nn.Module, found: dict[str, UnitStatistics] | None = None, *, size: int = 6, kernel: str = "sum"
) -> ChannelGraph:
    image = torch.rand(2, 3, size, size, generator=torch.Generator().manual_seed(0))
    graph = require_complete(trace(model.eval(), image))
    return channel_graph(model, image, graph, statistics=found, kernel="mean" if kernel == "mean" else "sum")


def matrix(maps: ChannelGraph, source: str, target: str, *columns: str) -> ConnectionMatrix:
    return channel_matrices(maps, [source, target, *columns]).pairs[source, target]


def summed(module: nn.Module) -> np.ndarray:
    """Return a layer's weights, kernels summed over space, as input x output."""
    assert isinstance(module, nn.Conv2d | nn.Linear)
    weight = module.weight.detach().numpy()
    return weight.reshape(*weight.shape[:2], -1).sum(2).T


def test_a_non_linearity_counts_by_its_measured_slope_on_both_sides_of_a_hidden_layer() -> None:
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Conv2d(4, 5, 3), nn.ReLU(), nn.Conv2d(5, 2, 1))
    maps = maps_of(model, {"1": statistics(4, slope=0.2), "3": statistics(5, slope=0.4)})
    # From after the source's ReLU to before the target's: neither slope is in it.
    np.testing.assert_allclose(matrix(maps, "1", "3").values, summed(model[2]), rtol=1e-5, atol=1e-6)
    hidden = summed(model[2]) * (0.4 + np.arange(5) / 10) @ summed(model[4])
    np.testing.assert_allclose(matrix(maps, "1", "4").values, hidden, rtol=1e-5, atol=1e-6)


def test_kernels_are_averaged_on_request() -> None:
    model = nn.Sequential(nn.Conv2d(3, 4, 1), nn.ReLU(), nn.Conv2d(4, 5, 3))
    np.testing.assert_allclose(
        matrix(maps_of(model, kernel="mean"), "1", "2").values, summed(model[2]) / 9, rtol=1e-5, atol=1e-6
    )


def test_without_statistics_the_slope_is_measured_on_the_example() -> None:
    torch.manual_seed(3)
    model = nn.Sequential(nn.Conv2d(3, 4, 1), nn.ReLU(), nn.Conv2d(4, 2, 1), nn.Identity())
    image = torch.rand(2, 3, 6, 6, generator=torch.Generator().manual_seed(0))
    maps = maps_of(model)
    with torch.no_grad():
        positive = (model[0](image) > 0).float().mean((0, 2, 3)).numpy()
    assert positive.min() < positive.max()
    expected = summed(model[0]) * positive @ summed(model[2])
    found = matrix(maps, "/input#1", "2")
    np.testing.assert_allclose(found.values, expected, rtol=1e-5, atol=1e-6)
    assert found.notes == ("1 is approximated: its mean derivative on the example images.",)


class Gated(nn.Module):
    """Squeeze and excitation between two convolutions."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.last = nn.Conv2d(3, 4, 1), nn.Conv2d(4, 2, 1)
        self.squeeze, self.excite = nn.Conv2d(4, 4, 1), nn.Sigmoid()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.first(x)
        return self.last(y * self.excite(self.squeeze(y.mean((2, 3), keepdim=True))))


def test_a_gate_counts_by_its_measured_mean_and_this_is_said() -> None:
    model = Gated()
    found = matrix(maps_of(model, {"excite": statistics(4, mean=0.3)}), "first", "last")
    np.testing.assert_allclose(
        found.values, (0.3 + np.arange(4) / 10)[:, None] * summed(model.last), rtol=1e-5, atol=1e-6
    )
    assert len(found.notes) == 1
    assert found.notes[0].startswith("/mul#1 is approximated: a product with a gate")


class Odd(nn.Module):
    """A layer that nobody has a rule for, beside a way around it."""

    def __init__(self, *, around: bool) -> None:
        super().__init__()
        self.first, self.last, self.around = nn.Conv2d(3, 4, 1), nn.Conv2d(4, 2, 1), around

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.first(x)
        z = torch.cumsum(y, 1)
        return self.last(y + z if self.around else z)


def test_what_is_not_followed_is_named_and_the_rest_is_there() -> None:
    model = Odd(around=True)
    found = matrix(maps_of(model), "first", "last")
    np.testing.assert_allclose(found.values, summed(model.last), rtol=1e-5, atol=1e-6)
    assert found.notes == ("/cumsum#1 is not followed: the operation cumsum has no rule.",)


def test_where_nothing_is_followed_there_is_no_matrix() -> None:
    found = channel_matrices(maps_of(Odd(around=False)), ["first", "last"])
    assert not found.pairs
    assert found.notes == (
        "Nothing is known of the connections from first to last: /cumsum#1 is not followed: "
        "the operation cumsum has no rule.",
    )


class Written(nn.Module):
    """Operations of every other kind, written out by hand."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.last = nn.Conv2d(3, 4, 1), nn.Linear(8, 3)
        self.norm = nn.GroupNorm(2, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.first(F.pad(x, (0, 1, 0, 1)))
        y = self.norm(2 * y)
        pairs = F.pixel_unshuffle(y[:, :2, :6, :6], 2)
        z = torch.stack([pairs.amax((2, 3))[:, [0, 4]], -y[:, 2:].sum((2, 3))], 1).flatten(1)
        return self.last(torch.cat([z, z.new_zeros(len(z), 4)], 1))


def test_selections_sums_and_norms_written_by_hand() -> None:
    model = Written()
    image = torch.rand(2, 3, 6, 6, generator=torch.Generator().manual_seed(0))
    found = matrix(maps_of(model), "first", "last")
    with torch.no_grad():
        y = 2 * model.first(F.pad(image, (0, 1, 0, 1)))
        spread = torch.rsqrt(y.reshape(2, 2, -1).var(-1, correction=0) + 1e-5).mean(0).repeat_interleave(2).numpy()
    # Channels 0 and 1 once each; the sums over 49 places of channels 2 and 3 with the other sign.
    expected = np.zeros((4, 3))
    weight = model.last.weight.detach().numpy()
    for channel, (feature, factor) in enumerate(((0, 1), (1, 1), (2, -49), (3, -49))):
        expected[channel] = 2 * spread[channel] * factor * weight[:, feature]
    np.testing.assert_allclose(found.values, expected, rtol=1e-4)
    assert any("spread of the image itself" in note for note in found.notes)


def test_the_model_is_left_as_it_was() -> None:
    model = Gated().train()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    image = torch.rand(1, 3, 6, 6)
    channel_graph(model, image, trace(model, image))
    assert model.training
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    hooks = [getattr(module, name) for module in model.modules() for name in ("_forward_hooks", "_forward_pre_hooks")]
    assert not any(hooks)


def test_same_input_same_maps() -> None:
    first, second = (matrix(maps_of(model), "first", "last") for model in [Gated()] * 2)
    assert first.values.tobytes() == second.values.tobytes()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # what the libraries warn of while building is not ours
@pytest.mark.parametrize("network", NETWORKS, ids=str)
def test_every_network_gives_matrices(network: Network, torchvision_or_skip: ModuleType) -> None:
    assert torchvision_or_skip
    if network.library == "timm":
        pytest.importorskip("timm")
    model, example = network.build(), network.example()
    for parameter in model.parameters():
        if not parameter.any():  # a head or a branch that starts at zero
            nn.init.normal_(parameter, std=0.1)
    graph = require_complete(trace(model, example))
    maps = channel_graph(model, example, graph)
    known = {channel_map.id: channel_map.channels for channel_map in maps.maps}
    for unit in graph.units:
        assert known[unit.id] == known[maps.before[unit.id]] == unit.neurons
    trunk = [unit.id for unit in graph.units if unit.role != "linear" or unit is graph.units[-1]]
    columns = [*trunk[:: max(1, len(trunk) // 6)], trunk[-1]]
    found = channel_matrices(maps, columns)
    assert found.pairs
    assert not found.notes
    for channel_map in maps.maps:
        assert (channel_map.why != "") == (channel_map.status != "exact")
        assert channel_map.status != "not followed"
    for pair, values in found.pairs.items():
        assert values.values.shape == (known[pair[0]], known[maps.before[pair[1]]])
        assert np.isfinite(values.values).all()
        assert values.values.any()
