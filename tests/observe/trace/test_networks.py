"""Networks of torchvision and timm go through trace: names, shapes, edges and receptive fields are right."""

from types import ModuleType

import pytest
import torch
from torch import nn

from cnnvis.observe.trace import require_complete, trace, watch_layers
from cnnvis.schema.graph import Layer, LayerGraph, TraceFailure
from tests.observe.networks import NETWORKS, Network
from tests.observe.trace.ancestry import both_edges
from tests.observe.trace.checker import Checker
from tests.observe.trace.network_table import PAGE, row, versions

_KINDS = (nn.Conv2d, nn.Linear, nn.BatchNorm2d, nn.LayerNorm, nn.ReLU, nn.MaxPool2d)


def called_modules(model: nn.Module, image: torch.Tensor) -> list[tuple[str, torch.Tensor]]:
    """Return path and output of the usual modules in the order in which plain hooks see them."""
    seen: list[tuple[str, torch.Tensor]] = []
    handles = [
        module.register_forward_hook(lambda _module, _inputs, output, path=path: seen.append((path, output)))
        for path, module in model.named_modules()
        if type(module) in _KINDS
    ]
    with torch.no_grad():
        model(image)
    for handle in handles:
        handle.remove()
    return seen


@pytest.fixture(scope="module", params=NETWORKS, ids=str)
def network(request: pytest.FixtureRequest, torchvision_or_skip: ModuleType) -> Network:
    found: Network = request.param
    if found.library == "timm":
        pytest.importorskip("timm")
    return found


@pytest.fixture(scope="module")
def model(network: Network) -> nn.Module:
    return network.build()


@pytest.fixture(scope="module")
def graph(network: Network, model: nn.Module) -> LayerGraph:
    return require_complete(trace(model, network.example()))


pytestmark = [
    pytest.mark.slow,
    # What the libraries warn of while building is not ours.
    pytest.mark.filterwarnings("ignore"),
]


def test_modules_and_shapes(network: Network, model: nn.Module, graph: LayerGraph) -> None:
    expected = called_modules(model, network.example())
    others = called_modules(model, 1 - network.example())
    paths = {path for path, _ in expected}
    calls: dict[str, int] = {}
    named, constant = list[tuple[str, tuple[int, ...]]](), set[str]()
    for (path, output), (_, other) in zip(expected, others, strict=True):
        calls[path] = calls.get(path, 0) + 1
        named.append((path if calls[path] == 1 else f"{path}#{calls[path]}", tuple(output.shape[1:])))
        if torch.equal(output, other):
            constant.add(named[-1][0])
    found = [(layer.id, layer.shape) for layer in graph.layers if layer.path in paths]
    assert found == [item for item in named if item in found]
    # Modules that do not see the image (a position code) are no layers; no other may be missing.
    assert {name for name, _ in named} - {name for name, _ in found} <= constant


def test_edges(network: Network, model: nn.Module, graph: LayerGraph) -> None:
    ours, theirs = both_edges(model, network.example(), graph)
    assert ours == theirs


def test_edges_lead_from_the_image_to_the_logits(graph: LayerGraph) -> None:
    order = {layer.id: number for number, layer in enumerate(graph.layers)}
    assert len(order) == len(graph.layers)
    assert all(order[edge.source] < order[edge.target] for edge in graph.edges)
    reached = {edge.target for edge in graph.edges}
    assert [layer.id for layer in graph.layers if layer.id not in reached] == ["/input#1"]
    assert graph.output is not None
    assert graph.layer(graph.output).shape == (10,)
    used = {edge.source for edge in graph.edges}
    assert graph.output not in used


def test_units(graph: LayerGraph) -> None:
    members = [member for unit in graph.units for member in unit.members]
    assert len(members) == len(set(members))
    known = {layer.id: layer for layer in graph.layers}
    for unit in graph.units:
        layer, before = known[unit.id], known[unit.before]
        assert layer.channel_axis is not None
        assert layer.shape[layer.channel_axis] == unit.neurons
        assert before.shape == layer.shape
        assert (before.channel_axis, before.spatial_axes) == (layer.channel_axis, layer.spatial_axes)
        assert (unit.activation is None) == (unit.before == unit.id)
    weighted = {layer.id for layer in graph.layers if layer.kind in ("conv", "linear")}
    assert weighted <= set(members)


def test_events(network: Network, model: nn.Module, graph: LayerGraph) -> None:
    heard: dict[str, tuple[int, ...]] = {}
    layers = {layer.event: layer for layer in graph.layers if layer.event}
    callbacks = {
        event: lambda tensor, event=event: heard.__setitem__(event, tuple(tensor.shape[1:])) for event in layers
    }
    with torch.no_grad(), watch_layers(model, callbacks):
        model(network.example())
    assert heard == {event: layer.shape for event, layer in layers.items()}


def test_receptive_fields(network: Network, model: nn.Module) -> None:
    checker = Checker(model, network.example(), layers=5, tight=True)
    checker.here_and_there()
    assert checker.compared > 0


def test_row_of_the_table(network: Network, graph: LayerGraph) -> None:
    text = PAGE.read_text(encoding="utf-8")
    if not all(f"{name} {version}" in text for name, version in versions().items()):
        pytest.skip("the table is of other versions of torchvision and timm")
    assert row(network, graph) in text.splitlines()


@pytest.mark.slow
def test_a_failing_network_has_its_message_in_the_table() -> None:
    layer = Layer(id="/input#1", path="", op="input", kind="input", event="", shape=(3, 8, 8))
    graph = LayerGraph(layers=(layer,), edges=(), units=(), failure=TraceFailure("body.1", "ValueError: no"))
    assert row(Network("timm", "x", 8), graph).endswith("| 1 | 0 | 0 | 0 | 0 | 1 | fails in `body.1`: ValueError: no |")
