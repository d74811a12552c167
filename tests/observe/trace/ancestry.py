"""Edges found the slow way: which layers' results autograd meets first on the way back from a layer's result.

PyTorch keeps this graph for its own gradients, and knows no layers, modules or names.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from cnnvis.observe.trace import watch_layers
from cnnvis.schema.graph import LayerGraph

Result = tuple[Any, int]
"""What made a tensor, and as which of its outputs."""
Pair = tuple[str, str]


class _OutOfPlace(TorchFunctionMode):
    """`x += y` makes a new tensor: after adding into a view, autograd goes around what made the view."""

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        return (torch.add if func is torch.Tensor.add_ else func)(*args, **(kwargs or {}))


def results(model: nn.Module, image: torch.Tensor, graph: LayerGraph) -> dict[str, Result]:
    """Run the model with gradients and return what made each layer's output; the input counts as a layer."""
    found: dict[str, Result] = {}

    def keep(identity: str) -> Callable[[torch.Tensor], None]:
        return lambda tensor: found.__setitem__(identity, (tensor.grad_fn, tensor.output_nr))

    entrance = image.clone().requires_grad_() * 1.0
    found[graph.layers[0].id] = (entrance.grad_fn, 0)
    callbacks = {layer.event: keep(layer.id) for layer in graph.layers[1:]}
    with torch.enable_grad(), _OutOfPlace(), watch_layers(model, callbacks):
        model(entrance)
    return found


def nearest(result: Result, owner: dict[Result, str]) -> set[str]:
    """Return the layers that are met first on the way back from a result."""
    waiting, seen, met = list(result[0].next_functions), set[Result](), set[str]()
    while waiting:
        came = waiting.pop()
        if came[0] is None or came in seen:
            continue
        seen.add(came)
        if came in owner:
            met.add(owner[came])
        else:
            waiting += came[0].next_functions
    return met


def both_edges(model: nn.Module, image: torch.Tensor, graph: LayerGraph) -> tuple[set[Pair], set[Pair]]:
    """Return the edges of the graph and those of autograd, as pairs of layers.

    A layer that hands on its input as it is (dropout in evaluation, a flatten of what is flat) is the same to autograd
    as the layer before it, so both count as one.
    """
    made = results(model, image, graph)
    assert made.keys() == {layer.id for layer in graph.layers}
    owner: dict[Result, str] = {}
    same = {layer.id: owner.setdefault(made[layer.id], layer.id) for layer in graph.layers}
    ours = {(same[edge.source], same[edge.target]) for edge in graph.edges}
    theirs = {(before, identity) for result, identity in owner.items() for before in nearest(result, owner)}
    return {pair for pair in ours if pair[0] != pair[1]}, theirs
