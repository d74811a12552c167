"""Receptive fields found the slow way: which pixels have a gradient (design: borders, oracle)."""

import copy
from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from cnnvis.observe.trace import watch_layers
from cnnvis.observe.trace.catalogue import ACTIVATIONS
from cnnvis.observe.trace.names import op_name
from cnnvis.schema.graph import FieldAxis, Layer

Box = tuple[int, int, int, int]
"""First and last-but-one pixel along y, then along x."""


class _Linearised(TorchFunctionMode):
    """Activations become the identity, maximum pooling the mean, so that no gradient vanishes by chance."""

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        options = dict(kwargs or {})
        name = op_name(func)
        if name in ACTIVATIONS or name == "dropout":
            # A new tensor all the same: tests look each layer's output up by identity.
            return args[0] * 1.0
        if name == "max_pool2d":
            return _mean_pool(*args, **options)
        if name == "adaptive_max_pool2d":
            return functional.adaptive_avg_pool2d(args[0], args[1])
        return func(*args, **options)


def _mean_pool(
    x: torch.Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1,
    ceil_mode: bool = False, return_indices: bool = False,
) -> torch.Tensor:  # fmt: skip
    if dilation in (1, (1, 1)):
        return functional.avg_pool2d(x, kernel_size, stride, padding, ceil_mode, count_include_pad=True)
    kernel = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
    weight = torch.full((x.shape[1], 1, *kernel), 1 / (kernel[0] * kernel[1]), dtype=x.dtype)
    return functional.conv2d(x, weight, None, kernel if stride is None else stride, padding, dilation, x.shape[1])


def positive_copy(model: nn.Module) -> nn.Module:
    """Return a float64 copy whose weights are positive and random, so that nothing cancels."""
    twin = copy.deepcopy(model).double().eval()
    generator = torch.Generator().manual_seed(3)
    with torch.no_grad():
        for weight in twin.parameters():
            fan = max(weight.numel() // max(weight.shape[0], 1), 1) if weight.dim() > 1 else 1
            weight.copy_((0.5 + torch.rand(weight.shape, generator=generator, dtype=torch.float64)) / fan)
    return twin


def outputs(model: nn.Module, image: torch.Tensor, layers: list[Layer]) -> dict[str, torch.Tensor]:
    """Return these layers' outputs on the linearised float64 copy, with their graphs."""
    found: dict[str, torch.Tensor] = {}

    def keep(identity: str) -> Callable[[torch.Tensor], None]:
        # A copy, so that a later in-place operation does not move it along.
        return lambda tensor: found.__setitem__(identity, tensor * 1.0)

    callbacks = {layer.event: keep(layer.id) for layer in layers}
    with _Linearised(), watch_layers(model, callbacks):
        model(image)
    return found


def seen_box(output: torch.Tensor, image: torch.Tensor) -> Box | None:
    """Return the bounding box of the pixels on which the sum of ``output`` depends."""
    (gradient,) = torch.autograd.grad(output.sum(), image, retain_graph=True, allow_unused=True)
    if gradient is None:
        return None
    hit = (gradient[0] != 0).any(0)
    rows, columns = torch.nonzero(hit.any(1)), torch.nonzero(hit.any(0))
    if not len(rows):
        return None
    return int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1


def clipped(axis: FieldAxis, position: int, extent: int) -> tuple[int, int]:
    """Return the receptive field's interval inside the image."""
    first, last = axis.interval(position)
    return max(first, 0), min(last, extent)
