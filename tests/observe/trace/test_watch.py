"""Layers are announced at the right moment, under the right name, and nothing stays attached."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

from cnnvis.observe.trace import trace, watch_layers
from cnnvis.observe.trace.watch import Around
from tests.observe.trace import nets

IMAGES = torch.rand(2, 3, 16, 16, generator=torch.Generator().manual_seed(0))

BUILDERS: list[Callable[[], nn.Module]] = [
    nets.vgg, nets.ResNet, nets.DenseNet, nets.Inception, nets.squeezenet, nets.Inverted, nets.UNet, nets.Shared,
    nets.Branching, nets.Recurrent, nets.Gated, nets.Shuffle, nets.Custom, nets.Forgiving,
]  # fmt: skip


def build(builder: Callable[[], nn.Module]) -> nn.Module:
    torch.manual_seed(0)
    return builder().eval()


def record(events: list[str], copies: bool = True) -> tuple[list[tuple[str, torch.Tensor]], dict[str, Any]]:
    heard: list[tuple[str, torch.Tensor]] = []

    def callback(event: str) -> Callable[[torch.Tensor], None]:
        return lambda tensor: heard.append((event, tensor.detach().clone() if copies else tensor))

    return heard, {event: callback(event) for event in events}


def hooks_of(model: nn.Module) -> int:
    return sum(
        len(m._forward_hooks) + len(m._forward_pre_hooks) + len(m._forward_hooks_always_called) for m in model.modules()
    )


@pytest.mark.parametrize("gradients", [True, False])
@pytest.mark.parametrize("builder", BUILDERS)
def test_every_layer_of_the_graph_is_announced_in_order(builder: Callable[[], nn.Module], gradients: bool) -> None:
    model = build(builder)
    graph = trace(model, IMAGES[:1])
    layers = [layer for layer in graph.layers if layer.event]
    heard, callbacks = record([layer.event for layer in layers])
    with torch.set_grad_enabled(gradients), watch_layers(model, callbacks):
        # Computations of the caller's own are not counted, and each forward starts anew.
        torch.relu(model(IMAGES))
        torch.relu(model(IMAGES))
    expected = [(layer.event, (2, *layer.shape)) for layer in layers]
    assert sorted((event, tuple(tensor.shape)) for event, tensor in heard) == sorted(expected * 2)
    order = [event for event, _ in heard]
    assert order[: len(layers)] == order[len(layers) :]
    assert hooks_of(model) == 0


@pytest.mark.parametrize("wanted", ["units", "all", "a third"])
@pytest.mark.parametrize("builder", BUILDERS)
def test_in_evaluation_the_cheaper_way_hears_the_same(builder: Callable[[], nn.Module], wanted: str) -> None:
    model = build(builder)
    graph = trace(model, IMAGES[:1])
    ends = {end for unit in graph.units for end in (unit.before, unit.id)}
    layers = [layer for layer in graph.layers if layer.event and (wanted != "units" or layer.id in ends)]
    events = [layer.event for layer in layers][:: 3 if wanted == "a third" else 1]
    told: list[list[tuple[str, torch.Tensor]]] = []
    for evaluating in (False, True):
        heard, callbacks = record(events)
        with torch.no_grad(), watch_layers(model, callbacks, evaluating=evaluating):
            model(IMAGES)
            model(IMAGES)
        told.append(heard)
    assert [event for event, _ in told[0]] == [event for event, _ in told[1]]
    assert all(torch.equal(one, other) for (_, one), (_, other) in zip(*told, strict=True))
    assert hooks_of(model) == 0


@pytest.mark.parametrize("evaluating", [True, False])
@pytest.mark.parametrize("builder", BUILDERS)
def test_non_linearities_can_be_replaced(builder: Callable[[], nn.Module], evaluating: bool) -> None:
    model = build(builder)
    graph = trace(model, IMAGES[:1])
    events = [layer.event for layer in graph.layers if layer.kind == "activation"]
    own = {name: vars(module).get("forward") for name, module in model.named_modules()}
    heard, callbacks = record(events)
    with torch.no_grad(), watch_layers(model, callbacks, evaluating=evaluating):
        expected = model(IMAGES)
    seen: list[tuple[str, torch.Tensor]] = []

    def instead(event: str) -> Around:
        def around(values: torch.Tensor, run: Callable[[], torch.Tensor], in_place: bool) -> torch.Tensor:
            before = values.clone()
            result = run()
            assert in_place == (result.data_ptr() == values.data_ptr())
            assert in_place or torch.equal(before, values)
            seen.append((event, result.clone()))
            return result

        return around

    with (
        torch.no_grad(),
        watch_layers(model, {}, around={event: instead(event) for event in events}, evaluating=evaluating),
    ):
        model(IMAGES)
        found = model(IMAGES)
    assert [event for event, _ in seen] == [event for event, _ in heard] * 2
    assert all(torch.equal(one, other) for (_, one), (_, other) in zip(seen, heard * 2, strict=True))
    torch.testing.assert_close(found, expected)
    assert hooks_of(model) == 0
    assert own == {name: vars(module).get("forward") for name, module in model.named_modules()}


def test_what_replaces_a_non_linearity_gives_its_result() -> None:
    model = build(nets.vgg)
    heard, callbacks = record(["1/relu#1"])
    with (
        torch.no_grad(),
        watch_layers(
            model,
            callbacks,
            around={"1/relu#1": lambda values, _run, _in_place: torch.ones_like(values)},
            evaluating=False,
        ),
    ):
        model(IMAGES)
    assert bool((heard[0][1] == 1).all())


def test_the_cheaper_way_leaves_most_modules_alone() -> None:
    model = build(nets.vgg)
    graph = trace(model, IMAGES[:1])
    events = [graph.layer(unit.id).event for unit in graph.units]
    with watch_layers(model, dict.fromkeys(events, lambda _: None), evaluating=True):
        assert hooks_of(model) == len(events) + 1


def test_the_output_comes_before_an_in_place_relu_changes_it() -> None:
    model = build(nets.vgg)
    heard, callbacks = record(["0/conv2d#1", "1/relu#1"])
    with torch.no_grad(), watch_layers(model, callbacks):
        model(IMAGES)
        expected = torch.nn.functional.conv2d(IMAGES, model[0].weight, model[0].bias, padding=1)
    assert torch.equal(heard[0][1], expected)
    assert torch.equal(heard[1][1], expected.relu())


def test_tensors_carry_their_graph() -> None:
    model = build(nets.ResNet)
    heard, callbacks = record(["blocks.0/add#1", "fc/linear#1"], copies=False)
    with watch_layers(model, callbacks):
        model(IMAGES)
    (gradient,) = torch.autograd.grad(heard[1][1].sum(), heard[0][1])
    assert gradient.abs().sum() > 0


def test_a_callback_may_compute() -> None:
    model = build(nets.ResNet)
    graph = trace(model, IMAGES)
    means: dict[str, float] = {}
    callbacks = {
        layer.event: lambda tensor, event=layer.event: means.__setitem__(event, float(torch.relu(tensor).add(1).mean()))
        for layer in graph.layers
        if layer.event
    }
    with torch.no_grad(), watch_layers(model, callbacks):
        bare = model(IMAGES)
    assert set(means) == set(callbacks)
    assert torch.equal(bare, model(IMAGES))


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_hooks_go_after_an_error(error: type[BaseException]) -> None:
    model = build(nets.ResNet)

    def stop(_: torch.Tensor) -> None:
        raise error

    with pytest.raises(error), watch_layers(model, {"blocks.0.conv1/conv2d#1": stop}):
        model(IMAGES)
    assert hooks_of(model) == 0
    assert torch.overrides._get_current_function_mode() is None


def test_hooks_go_after_an_error_in_the_model_and_users_hooks_stay() -> None:
    model = build(nets.Broken)
    calls: list[int] = []
    model.first.register_forward_hook(lambda *_: calls.append(1))
    with pytest.raises(RuntimeError), watch_layers(model, {}):
        model(IMAGES)
    assert hooks_of(model) == 1
    assert calls == [1]


def test_counting_starts_anew_after_a_broken_off_forward() -> None:
    model = build(nets.Shared)
    failing = [True]

    def stop(_: torch.Tensor) -> None:
        if failing.pop() if failing else False:
            raise KeyboardInterrupt

    heard, callbacks = record(["relu/relu#1", "relu/relu#2"])
    with watch_layers(model, {**callbacks, "conv/conv2d#2": stop}):
        with pytest.raises(KeyboardInterrupt):
            model(IMAGES)
        heard.clear()
        model(IMAGES)
    assert [event for event, _ in heard] == ["relu/relu#1", "relu/relu#2"]


@pytest.mark.parametrize("wrap", [torch.compile, nn.DataParallel])
def test_wrapped_models(wrap: Callable[[nn.Module], nn.Module]) -> None:
    model = build(nets.ResNet)
    wrapped = wrap(model)
    heard, callbacks = record(["fc/linear#1"])
    with torch.no_grad(), watch_layers(wrapped, callbacks):
        model(IMAGES)
    assert len(heard) == 1


def test_parts_of_a_result_are_announced_one_by_one() -> None:
    model = build(nets.Shuffle)
    heard, callbacks = record(["/chunk#1[1]"])
    with torch.no_grad(), watch_layers(model, callbacks):
        model(IMAGES)
        expected = model.conv(IMAGES).chunk(2, 1)[1]
    assert torch.equal(heard[0][1], expected)


def test_a_scripted_module_is_announced_as_a_whole() -> None:
    inner = torch.jit.script(nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU()))
    model = nn.Sequential(inner, nn.Conv2d(4, 2, 1)).eval()
    graph = trace(model, IMAGES[:1])
    assert graph.failure is None
    heard, callbacks = record([layer.event for layer in graph.layers if layer.event])
    with torch.no_grad(), watch_layers(model, callbacks):
        model(IMAGES)
    assert {event for event, _ in heard} == set(callbacks)
    assert graph.layers[-1].id == "1"
