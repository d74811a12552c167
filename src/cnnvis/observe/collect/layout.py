"""In which order a batch lies in memory while it is looked at: on a CPU convolutions are faster with channels last.

The values are the same up to rounding. A network need not bear it, though: one that calls `view` on maps fails, and
one that looks at strides may do something else. The first two images are therefore looked at both ways.
"""

import platform

import torch
from jaxtyping import Float

from cnnvis.observe.model_input import ModelInput
from cnnvis.schema.graph import LayerGraph

SAME = 1e-3
"""Largest difference between both ways, as a share of the sums; rounding made up to 2e-6 in four networks."""
_MACHINES = ("x86_64", "amd64")


def channels_last_pays(graph: LayerGraph, device: torch.device, dtype: torch.dtype) -> bool:
    """Whether this network's convolutions are faster with channels last here, by measurements (benchmarks/collect.py).

    It depends on the machine and the network alone, so that the same input gives the same bytes.
    """
    convolutions = any(layer.kind == "conv" and len(layer.shape) == 3 for layer in graph.layers)
    measured = device.type == "cpu" and platform.machine().lower() in _MACHINES and torch.backends.mkldnn.is_available()
    return convolutions and measured and dtype == torch.float32


def with_channels_last(inputs: ModelInput) -> ModelInput:
    """Return the same values with images in memory position by position; other tensors as they are."""
    return inputs.mapped(
        lambda value: value.contiguous(memory_format=torch.channels_last) if value.ndim == 4 else value
    )


def same_sums(one: Float[torch.Tensor, "images neurons"], other: Float[torch.Tensor, "images neurons"]) -> bool:
    """Whether every neuron of every layer answered the same both ways.

    Rounding is seen against the neuron's own answers and against those of all: some sum to nearly nothing.
    """
    known = torch.isfinite(one)
    if not torch.equal(known, torch.isfinite(other)):
        return False
    size = torch.where(known, one, 0.0).abs()
    allowed = SAME * (size.amax(0) + size.mean())
    return bool((((one - other).abs() <= allowed) | ~known).all())
