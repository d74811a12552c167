"""What each non-linearity allows: read everything from its input, or its derivative by formula."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Float
from torch import nn

from cnnvis.schema.graph import LayerGraph, Unit

Kind = Literal["none", "clamp", "formula", "unknown"]
Derivative = Callable[[torch.Tensor], torch.Tensor]


@dataclass(frozen=True, eq=False)
class Activation:
    """How the value after a unit's non-linearity and the mean derivative come about.

    ``none``: after is before. ``clamp``: after is before, clamped below at 0 and above at `ceiling` (ReLU, ReLU6), so
    that reading the input is enough. ``formula``: the output is read too, the derivative is `derivative` of the input.
    ``unknown``: the output is read, the derivative is not known and counts as 1.
    """

    kind: Kind
    ceiling: float | None = None
    derivative: Derivative | None = None


def activation_of(unit: Unit, graph: LayerGraph, model: nn.Module) -> Activation:
    """Return how to measure this unit's non-linearity (design: connections, mean derivative)."""
    if unit.before == unit.id or unit.activation is None:
        return Activation("none") if unit.before == unit.id else Activation("unknown")
    layer = graph.layer(unit.id)
    name = unit.activation.lower().replace("_", "")
    numbers = _numbers(model, layer.path)
    numbers.update({key: float(value) for key, value in layer.attributes.items() if isinstance(value, int | float)})
    if name == "relu":
        return Activation("clamp")
    if name == "relu6":
        return Activation("clamp", 6.0)
    if name in ("hardtanh", "clamp") and numbers.get("min_val", -1.0) == 0.0 and "max_val" in numbers:
        return Activation("clamp", numbers["max_val"])
    derivative = _formula(name, numbers, _module(model, layer.path))
    return Activation("unknown") if derivative is None else Activation("formula", derivative=derivative)


def _module(model: nn.Module, path: str) -> nn.Module | None:
    try:
        return model.get_submodule(path)
    except AttributeError:
        return None


def _numbers(model: nn.Module, path: str) -> dict[str, float]:
    """Return the plain numbers that an activation module carries, such as its negative slope."""
    module = _module(model, path)
    if module is None or path == "" or any(True for _ in module.children()):
        return {}
    return {key: float(value) for key, value in vars(module).items() if isinstance(value, int | float)}


def _formula(name: str, numbers: dict[str, float], module: nn.Module | None) -> Derivative | None:
    aten = torch.ops.aten

    def ones(x: Float[torch.Tensor, "*shape"]) -> Float[torch.Tensor, "*shape"]:
        return torch.ones_like(x)

    slope = numbers.get("negative_slope", 0.01)
    alpha = numbers.get("alpha", 1.0)
    low, high = numbers.get("min_val", -1.0), numbers.get("max_val", 1.0)
    beta, threshold = numbers.get("beta", 1.0), numbers.get("threshold", 20.0)
    exact = "tanh" if getattr(module, "approximate", "none") == "tanh" else "none"
    formulas: dict[str, Derivative] = {
        "leakyrelu": lambda x: torch.where(x > 0, 1.0, slope),
        "hardtanh": lambda x: ((x > low) & (x < high)).to(x.dtype),
        "silu": lambda x: aten.silu_backward(ones(x), x),
        "swish": lambda x: aten.silu_backward(ones(x), x),
        "gelu": lambda x: aten.gelu_backward(ones(x), x, approximate=exact),
        "mish": lambda x: aten.mish_backward(ones(x), x),
        "hardswish": lambda x: aten.hardswish_backward(ones(x), x),
        "hardsigmoid": lambda x: aten.hardsigmoid_backward(ones(x), x),
        "sigmoid": lambda x: torch.sigmoid(x) * (1 - torch.sigmoid(x)),
        "tanh": lambda x: 1 - torch.tanh(x) ** 2,
        "elu": lambda x: torch.where(x > 0, 1.0, alpha * torch.exp(x.clamp_max(0))),
        "selu": lambda x: aten.elu_backward(ones(x), 1.6732632423543772, 1.0507009873554805, 1.0, False, x),
        "celu": lambda x: torch.where(x > 0, 1.0, torch.exp(x.clamp_max(0) / alpha)),
        "softplus": lambda x: torch.where(x * beta > threshold, 1.0, torch.sigmoid(x * beta)),
        "softsign": lambda x: 1 / (1 + x.abs()) ** 2,
        "logsigmoid": lambda x: torch.sigmoid(-x),
        "tanhshrink": lambda x: torch.tanh(x) ** 2,
        "prelu": lambda x: torch.where(x > 0, 1.0, _prelu_slope(module, x)),
    }
    if name == "prelu" and not isinstance(module, nn.PReLU):
        return None
    return formulas.get(name)


def _prelu_slope(
    module: nn.Module | None, x: Float[torch.Tensor, "images neurons positions"]
) -> Float[torch.Tensor, "one neurons one"]:
    weight = module.weight if isinstance(module, nn.PReLU) else torch.zeros(1)
    return weight.detach().to(x.dtype).reshape(1, -1, 1)
