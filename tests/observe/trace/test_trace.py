"""Names, edges and shapes by hand for every build of network, and that nothing is left behind."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
import torch
from torch import nn

from cnnvis.observe.trace import require_complete, trace
from cnnvis.schema.errors import ModelError
from cnnvis.schema.graph import LayerGraph
from tests.observe.trace import nets
from tests.observe.trace.ancestry import both_edges

IMAGE = (1, 3, 16, 16)


def traced(model: nn.Module, **options: Any) -> LayerGraph:
    torch.manual_seed(0)
    return require_complete(trace(model, torch.rand(IMAGE), **options))


def names(graph: LayerGraph) -> list[str]:
    return [layer.id for layer in graph.layers]


def edges(graph: LayerGraph) -> set[tuple[str, str]]:
    return {(edge.source, edge.target) for edge in graph.edges}


def chain(graph: LayerGraph) -> set[tuple[str, str]]:
    found = names(graph)
    return set(pairwise(found))


@pytest.mark.parametrize(
    "builder",
    [nets.vgg, nets.ResNet, nets.DenseNet, nets.Inception, nets.squeezenet, nets.Inverted, nets.UNet, nets.Shared,
     nets.Recurrent, nets.Gated, nets.Shuffle],
)  # fmt: skip
def test_edges_are_those_of_autograd(builder: Callable[[], nn.Module]) -> None:
    model = builder().eval()
    ours, theirs = both_edges(model, torch.rand(IMAGE), traced(model))
    assert ours == theirs


def test_vgg() -> None:
    graph = traced(nets.vgg())
    assert names(graph) == ["/input#1", *map(str, range(12))]
    assert edges(graph) == chain(graph)
    shapes = [layer.shape for layer in graph.layers]
    assert shapes[:4] == [(3, 16, 16), (4, 16, 16), (4, 16, 16), (4, 8, 8)]
    assert shapes[-5:] == [(128,), (16,), (16,), (16,), (5,)]
    assert [layer.kind for layer in graph.layers] == [
        "input", "conv", "activation", "pool", "conv", "norm", "activation", "pool", "shape", "linear", "activation",
        "other", "linear",
    ]  # fmt: skip
    assert graph.output == "11"
    assert sum(layer.parameters for layer in graph.layers) == sum(p.numel() for p in nets.vgg().parameters())
    convolution = graph.layer("3")
    assert convolution.attributes["kernel"] == [3, 3]
    assert convolution.attributes["padding"] == [1, 1]
    assert (convolution.channel_axis, convolution.spatial_axes) == (0, (1, 2))
    assert (graph.layer("11").channel_axis, graph.layer("11").spatial_axes) == (0, ())


def test_resnet_with_functional_add_and_option_a_shortcut() -> None:
    graph = traced(nets.ResNet())
    assert names(graph) == [
        "/input#1", "stem", "/relu#1",
        "blocks.0.conv1", "blocks.0.bn1", "blocks.0.relu", "blocks.0.conv2", "blocks.0.bn2", "blocks.0/add#1",
        "blocks.0.relu#2",
        "blocks.1.conv1", "blocks.1.bn1", "blocks.1.relu", "blocks.1.conv2", "blocks.1.bn2", "blocks.1/getitem#1",
        "blocks.1/pad#1", "blocks.1/add#1", "blocks.1.relu#2", "/mean#1", "fc",
    ]  # fmt: skip
    skips = {
        ("/relu#1", "blocks.0/add#1"), ("blocks.0.bn2", "blocks.0/add#1"), ("blocks.0.relu#2", "blocks.1/getitem#1"),
        ("blocks.1.bn2", "blocks.1/add#1"), ("blocks.1/pad#1", "blocks.1/add#1"),
    }  # fmt: skip
    broken = {("blocks.1.bn2", "blocks.1/getitem#1")}
    assert edges(graph) == chain(graph) - broken | skips
    slice_, pad = graph.layer("blocks.1/getitem#1"), graph.layer("blocks.1/pad#1")
    assert slice_.shape == (4, 8, 8)
    assert (slice_.attributes["axes"], slice_.attributes["steps"]) == ([-1, 0, 1, 2], [1, 1, 2, 2])
    assert (pad.attributes["axes"], pad.attributes["before"], pad.attributes["after"]) == ([0], [2], [2])
    assert [graph.layer(i).shape for i in ("blocks.1/add#1", "/mean#1", "fc")] == [(8, 8, 8), (8,), (5,)]
    assert all(layer.field.status == "exact" for layer in graph.layers)


def test_densenet_whose_list_of_features_grows() -> None:
    graph = traced(nets.DenseNet())
    assert names(graph) == [
        "/input#1", "stem", "/cat#1", "norms.0", "/relu#1", "convs.0", "/cat#2", "norms.1", "/relu#2", "convs.1",
        "/cat#3", "/adaptive_avg_pool2d#1", "/flatten#1", "head",
    ]  # fmt: skip
    into = [edge.source for edge in graph.edges if edge.target == "/cat#3"]
    assert into == ["stem", "convs.0", "convs.1"]
    assert graph.layer("/cat#3").attributes == {"axis": 0, "sizes": [4, 2, 2], "operands": [0, 1, 2]}
    assert [edge.source for edge in graph.edges if edge.target == "/cat#1"] == ["stem"]


def test_inception_branches() -> None:
    graph = traced(nets.Inception())
    assert [edge.source for edge in graph.edges if edge.target == "/cat#1"] == ["one", "three.2", "pool.1"]
    assert [edge.target for edge in graph.edges if edge.source == "/input#1"] == ["one", "three.0", "pool.0"]
    assert graph.layer("/cat#1").shape == (8, 16, 16)
    assert graph.layer("/cat#1").field.status == "exact"


def test_squeezenet() -> None:
    graph = traced(nets.squeezenet())
    assert names(graph) == [
        "/input#1", "0.squeeze", "0/relu#1", "0.left", "0/relu#2", "0.right", "0/relu#3", "0/cat#1", "1", "2", "3", "4",
    ]  # fmt: skip
    assert [edge.source for edge in graph.edges if edge.target == "0/cat#1"] == ["0/relu#2", "0/relu#3"]
    assert graph.output == "4"


def test_mobilenet() -> None:
    graph = traced(nets.Inverted())
    assert names(graph) == ["/input#1", *(f"body.{i}" for i in range(8)), "/add#1"]
    assert graph.layer("body.3").attributes["groups"] == 6
    assert ("/input#1", "/add#1") in edges(graph)
    assert graph.layer("body.5").op == "relu6"


def test_unet() -> None:
    graph = traced(nets.UNet())
    assert names(graph) == [
        "/input#1", "down", "/relu#1", "/max_pool2d#1", "bottom", "/relu#2", "up", "/cat#1", "out",
    ]  # fmt: skip
    assert {("/relu#1", "/cat#1"), ("up", "/cat#1")} <= edges(graph)
    assert graph.layer("up").shape == (4, 16, 16)
    assert graph.layer("up").field.status == "bound"
    assert graph.output == "out"
    assert "logits" in graph.notes[0]


def test_shared_modules_called_twice() -> None:
    graph = traced(nets.Shared())
    assert names(graph) == ["/input#1", "conv", "relu", "conv#2", "relu#2"]
    assert edges(graph) == chain(graph)


@pytest.mark.parametrize(("level", "taken"), [(0.9, "bright"), (0.1, "dark")])
def test_data_dependent_if(level: float, taken: str) -> None:
    graph = trace(nets.Branching(), torch.full(IMAGE, level))
    assert names(graph) == ["/input#1", taken, "/relu#1"]


def test_recurrence_is_one_layer_per_call() -> None:
    graph = traced(nets.Recurrent(3))
    assert [name for name in names(graph) if name.startswith("again")] == ["again", "again#2", "again#3"]
    assert names(graph)[2:5] == ["again", "/add#1", "/tanh#1"]
    sizes = [graph.layer(f"/tanh#{i}").field.y for i in (1, 2, 3)]
    assert [axis and axis.size for axis in sizes] == [(5, 1), (7, 1), (9, 1)]


@pytest.mark.parametrize("wrapped", ["compile", "parallel", "both", "inner", "in place"])
def test_wrappers_leave_no_trace(wrapped: str) -> None:
    model: Any = nets.ResNet()
    bare = names(traced(model))
    if wrapped == "compile":
        model = torch.compile(model)
    elif wrapped == "parallel":
        model = nn.DataParallel(model)
    elif wrapped == "both":
        model = nn.DataParallel(torch.compile(model))
    elif wrapped == "inner":
        model.blocks = torch.compile(model.blocks)
    else:
        model.compile()
    assert names(traced(model)) == bare


def test_channel_gates_see_the_whole_input() -> None:
    graph = traced(nets.Gated())
    assert names(graph) == [
        "/input#1", "conv", "/relu#1", "/mean#1", "fc1", "/relu#2", "fc2", "/sigmoid#1", "/getitem#1", "/mul#1",
    ]  # fmt: skip
    assert graph.layer("/mul#1").field.status == "whole input"
    assert graph.layer("/relu#1").field.status == "exact"


def test_channel_shuffle_keeps_track_of_axes() -> None:
    graph = traced(nets.Shuffle())
    last = graph.layers[-1]
    assert (last.shape, last.channel_axis, last.spatial_axes) == ((4, 16, 16), 0, (1, 2))
    assert last.field.status == "exact"
    halves = [layer for layer in graph.layers if layer.op == "chunk"]
    assert [layer.id for layer in halves] == ["/chunk#1", "/chunk#1[1]"]
    assert [(layer.attributes["axes"], layer.attributes["starts"], layer.attributes["counts"]) for layer in halves] == [
        ([0], [0], [2]),
        ([0], [2], [2]),
    ]
    assert {("/chunk#1", "/cat#1"), ("/chunk#1[1]", "side"), ("side", "/cat#1")} <= edges(graph)


def test_custom_autograd_function_keeps_the_data_flow() -> None:
    graph = traced(nets.Custom())
    assert names(graph) == ["/input#1", "conv1", "/sigmoid#1", "/mul#1", "conv2"]
    assert edges(graph) == chain(graph) | {("conv1", "/mul#1")}


def test_scripted_function_keeps_the_data_flow() -> None:
    scripted = torch.jit.script(_scripted)

    class Net(nn.Sequential):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self[1](scripted(self[0](x)))

    graph = traced(Net(nn.Conv2d(3, 4, 3), nn.Conv2d(4, 2, 3)))
    assert (names(graph)[1], names(graph)[-1]) == ("0", "1")
    assert all(any(edge.target == layer.id for edge in graph.edges) for layer in graph.layers[1:])


def _scripted(x: torch.Tensor) -> torch.Tensor:
    return torch.relu(x) + 1


def test_operations_on_weights_alone_are_no_layers() -> None:
    graph = traced(nn.Sequential(nets.Standardised(3, 4, 3), nn.ReLU()))
    assert names(graph) == ["/input#1", "0/pad#1", "0/conv2d#1", "1"]
    assert graph.layer("0/conv2d#1").field.y == traced(nn.Conv2d(3, 4, 3, padding=1)).layers[-1].field.y


def test_a_module_of_torch_is_one_layer_whatever_it_calls() -> None:
    graph = traced(nn.Sequential(nn.Conv2d(3, 4, 3, padding=1, padding_mode="circular"), nn.ReLU()))
    assert names(graph) == ["/input#1", "0", "1"]
    assert graph.layer("0").op == "conv2d"
    assert graph.layer("0").field.status == "whole input"
    assert graph.layer("0").attributes["pad_mode"] == "circular"


def test_writing_into_a_slice_keeps_the_data_flow() -> None:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(3, 2, 3, padding=1)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            y = self.conv(x)
            x[:, :2] = y
            return torch.relu(x)

    graph = traced(Net())
    assert names(graph) == ["/input#1", "conv", "/setitem#1", "/relu#1"]
    assert edges(graph) == {
        ("/input#1", "conv"), ("/input#1", "/setitem#1"), ("conv", "/setitem#1"), ("/setitem#1", "/relu#1"),
    }  # fmt: skip


def test_several_inputs_and_outputs() -> None:
    example = {"image": torch.rand(2, 3, 8, 8), "numbers": torch.rand(2, 2)}
    graph = require_complete(trace(nets.Several(), example))
    inputs = {layer.shape: layer.attributes["image"] for layer in graph.layers if layer.kind == "input"}
    assert inputs == {(3, 8, 8): True, (2,): False}
    assert graph.output == "head"
    assert "logits (2, 5)" in graph.notes[0]
    assert graph.layer("head").field.status == "exact"
    assert graph.layer("meta").field.status == "whole input"
    assert trace(nets.Several(), (torch.rand(2, 2), torch.rand(2, 3, 8, 8)), output="features").output == "conv"
    with pytest.raises(ModelError, match=r"no output 'class'; it returns features .*, logits"):
        trace(nets.Several(), example, output="class")


def test_a_failing_forward_gives_the_partial_graph_and_the_place() -> None:
    graph = trace(nn.Sequential(nets.Broken()), torch.rand(IMAGE))
    assert names(graph) == ["/input#1", "0.first", "0/relu#1"]
    assert graph.failure is not None
    assert graph.failure.path == "0.body.second"
    assert graph.failure.message.startswith("RuntimeError: Given groups=1, weight of size [4, 7, 3, 3]")
    with pytest.raises(ModelError, match=r"failed in module 0\.body\.second: RuntimeError.*Check that the input shape"):
        require_complete(graph)


def test_wrong_input_shape_names_the_first_layer() -> None:
    graph = trace(nets.vgg(), torch.rand(1, 1, 16, 16))
    assert names(graph) == ["/input#1"]
    assert graph.failure is not None
    assert graph.failure.path == "0"


def test_failure_in_the_models_own_forward_and_no_message() -> None:
    class Net(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            raise KeyError

    with pytest.raises(ModelError, match=r"failed in the model's own forward: KeyError\."):
        require_complete(trace(Net(), torch.rand(IMAGE)))


def test_a_model_that_catches_its_own_errors_is_followed() -> None:
    graph = traced(nets.Forgiving())
    assert graph.failure is None
    assert names(graph)[-2:] == ["plain", "/relu#1"]
    assert ("/input#1", "plain") in edges(graph)


@pytest.mark.parametrize("model", [nets.Broken(), nets.Forgiving(), nets.ResNet()])
def test_nothing_is_left_behind(model: nn.Module) -> None:
    model.train()
    next(iter(model.children())).eval()
    modes = [module.training for module in model.modules()]
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    example = torch.rand(IMAGE)
    copy = example.clone()
    state = torch.get_rng_state()
    trace(model, example)
    assert torch.equal(state, torch.get_rng_state())
    assert torch.equal(example, copy)
    assert modes == [module.training for module in model.modules()]
    assert all(torch.equal(tensor, before[name]) for name, tensor in model.state_dict().items())
    for module in model.modules():
        assert not module._forward_hooks
        assert not module._forward_pre_hooks
        assert not module._forward_hooks_always_called
    assert torch.is_grad_enabled()


def test_tracing_twice_gives_the_same_graph() -> None:
    model = nets.DenseNet()
    assert traced(model) == traced(model)


def test_without_tensor_or_logits() -> None:
    class Net(nn.Module):
        def forward(self, x: torch.Tensor) -> str:
            return "nothing"

    with pytest.raises(ModelError, match="must hold at least one tensor"):
        trace(nets.vgg(), ())
    graph = traced(Net())
    assert graph.output is None
    assert "no tensor" in graph.notes[0]


def test_unknown_operation_is_noted_and_conservative() -> None:
    class Net(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return torch.special.i0(x)

    graph = traced(Net())
    assert graph.layers[-1].field.status == "whole input"
    assert "special_i0 is not known" in graph.notes[0]


def test_several_outputs_of_one_module() -> None:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.lstm, self.head = nn.LSTM(16, 8, batch_first=True), nn.Linear(8, 5)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            _, (hidden, _) = self.lstm(x.mean(1))
            return self.head(hidden[-1])

    graph = traced(Net())
    assert names(graph) == ["/input#1", "/mean#1", "lstm[1]", "/getitem#1", "head"]
    assert graph.layer("lstm[1]").parameters == sum(p.numel() for p in nn.LSTM(16, 8).parameters())
