"""Batch norms computed inside the convolution before them, for one pass: the same values with a third less traffic.

In evaluation a batch norm is a factor and a term per channel, which the convolution's weights can carry. On a CPU that
saves reading and writing every map once, which pays for much of the measuring. Values agree up to rounding. The
model's parameters are not touched: for the time of the pass the two modules run another forward function.
"""

from collections import Counter
from collections.abc import Collection, Generator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import nn
from torch.nn.utils.parametrize import is_parametrized
from torch.overrides import handle_torch_function, has_torch_function_unary

from cnnvis.observe.trace.watch import unwatched
from cnnvis.schema.graph import LayerGraph

_CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d)
_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)
_FORMATS = (torch.float32, torch.float64)
"""Half precision keeps too few digits of the folded weights."""


class UnfoldableError(Exception):
    """The model just used a convolution and its norm in another way than when it was traced."""


@dataclass(eq=False)
class _Pair:
    """A convolution and the batch norm that alone reads its output."""

    convolution: nn.Conv1d | nn.Conv2d | nn.Conv3d
    norm: nn.BatchNorm1d | nn.BatchNorm2d | nn.BatchNorm3d
    watched: bool = True
    """Whether somebody waits for one of the two calls; else they need not be seen, which costs something."""
    pending: torch.Tensor | None = None
    """What the convolution gave and the norm has not yet read."""

    def fold(self) -> None:
        weight, bias = folded_weights(self.convolution, self.norm)

        def convolve(values: torch.Tensor) -> torch.Tensor:
            if self.pending is not None:
                raise UnfoldableError
            with nullcontext() if self.watched else unwatched():
                self.pending = self.convolution._conv_forward(values, weight, bias)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
            return self.pending

        def pass_on(values: torch.Tensor) -> torch.Tensor:
            if values is not self.pending:
                raise UnfoldableError
            self.pending = None
            return batch_norm(values) if self.watched else values

        vars(self.convolution)["forward"] = convolve
        vars(self.norm)["forward"] = pass_on

    def unfold(self) -> None:
        self.pending = None
        for module in (self.convolution, self.norm):
            vars(module).pop("forward", None)


def batch_norm(values: torch.Tensor) -> torch.Tensor:
    """Return the values, and let whoever watches function calls see one of this name."""
    if has_torch_function_unary(values):
        return handle_torch_function(batch_norm, (values,), values)
    return values


class Folding:
    """The batch norms of a model that are folded away while it is looked at; in evaluation only.

    Args:
        model: The network, on the device and in the mode of the pass.
        graph: Its layers: a pair qualifies when the trace saw each of the two once, and nothing else read between.
        events: The `Layer.event`s that are waited for; all by default.

    """

    def __init__(self, model: nn.Module, graph: LayerGraph, events: Collection[str] | None = None) -> None:
        self._pairs = _pairs(model, graph, events)

    def __len__(self) -> int:
        return len(self._pairs)

    @contextmanager
    def folded(self) -> Generator[None]:
        """Fold while open; the modules then run their own forward functions again."""
        try:
            for pair in self._pairs:
                pair.fold()
            yield
        finally:
            self.give_up()

    def check(self) -> None:
        """Raise UnfoldableError when the forward that just ended left a convolution without its norm."""
        if any(pair.pending is not None for pair in self._pairs):
            raise UnfoldableError

    def forget(self) -> None:
        """Forget what a forward that failed left behind."""
        for pair in self._pairs:
            pair.pending = None

    def give_up(self) -> None:
        """Let every module run as its author wrote it, from now on."""
        for pair in self._pairs:
            pair.unfold()
        self._pairs = []


def folded_weights(
    convolution: nn.Conv1d | nn.Conv2d | nn.Conv3d, norm: nn.BatchNorm1d | nn.BatchNorm2d | nn.BatchNorm3d
) -> tuple[Float[torch.Tensor, "out in *kernel"], Float[torch.Tensor, " out"]]:
    """Return weight and bias of the one convolution that does what both modules do, computed in float64."""
    if norm.running_mean is None or norm.running_var is None:
        raise ValueError("This batch norm keeps no statistics.")
    scale = (norm.running_var.double() + norm.eps).rsqrt()
    if norm.weight is not None:  # pyright: ignore[reportUnnecessaryComparison]
        scale = scale * norm.weight.detach().double()
    shift = -norm.running_mean.double()
    if convolution.bias is not None:
        shift = shift + convolution.bias.detach().double()
    shift = shift * scale
    if norm.bias is not None:  # pyright: ignore[reportUnnecessaryComparison]
        shift = shift + norm.bias.detach().double()
    original = convolution.weight.detach()
    weight = original.double() * scale.reshape(-1, *[1] * (original.ndim - 1))
    layout = torch.channels_last if original.ndim == 4 and _channels_last(original) else torch.contiguous_format
    return weight.to(original.dtype).contiguous(memory_format=layout), shift.to(original.dtype)


def _channels_last(weight: torch.Tensor) -> bool:
    return weight.is_contiguous(memory_format=torch.channels_last) and not weight.is_contiguous()


def _pairs(model: nn.Module, graph: LayerGraph, events: Collection[str] | None) -> list[_Pair]:
    modules = dict(model.named_modules(remove_duplicate=False))
    uses = Counter(id(modules[path]) for path in (layer.path for layer in graph.layers) if path in modules)
    layers = {layer.id: layer for layer in graph.layers}
    found: list[_Pair] = []
    for unit in graph.units:
        if len(unit.members) < 2 or unit.before == unit.members[0]:
            continue
        members = [layers[member] for member in unit.members[:2]]
        convolution, norm = (modules.get(member.path) for member in members)
        if uses[id(convolution)] == uses[id(norm)] == 1 and _plain(convolution) and _plain(norm):
            pair = _fitting(convolution, norm)
            if pair is not None:
                pair.watched = events is None or any(member.event in events for member in members)
                found.append(pair)
    return found


def _plain(module: nn.Module | None) -> bool:
    """Whether nothing but the module's own forward function takes part in its call."""
    if module is None or "forward" in vars(module) or is_parametrized(module):
        return False
    return not (module._forward_hooks or module._forward_pre_hooks)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


def _fitting(convolution: nn.Module | None, norm: nn.Module | None) -> _Pair | None:
    # Exact types: a subclass may do something else.
    exact = type(convolution) in _CONVOLUTIONS and type(norm) in _NORMS
    if not exact or not isinstance(convolution, _CONVOLUTIONS) or not isinstance(norm, _NORMS):
        return None
    if norm.training or norm.running_mean is None or norm.running_var is None:
        return None
    weight, mean = convolution.weight, norm.running_mean
    fits = weight.dtype == mean.dtype and weight.dtype in _FORMATS and weight.shape[0] == mean.shape[0]
    return _Pair(convolution, norm) if fits else None
