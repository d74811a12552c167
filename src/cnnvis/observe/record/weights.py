"""Which parameter belongs to which unit, and what its values and gradients say."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import nn

from cnnvis.observe.record.moments import Scratch, bad
from cnnvis.observe.trace.unwrap import module_paths
from cnnvis.schema.graph import LayerGraph, Unit

_TRANSPOSED = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)
_BATCH_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.SyncBatchNorm)
MOSTLY = 2 / 3
"""A neuron counts as mostly inhibited when more than this share of its incoming weights is below 0."""


@dataclass(frozen=True, eq=False)
class UnitWeights:
    """The weights of one unit."""

    name: str
    """Name of the parameter in the model."""
    weight: nn.Parameter
    bias: nn.Parameter | None
    """The batch norm's when one follows."""
    transposed: bool = False
    """Whether the second axis, not the first, counts the neurons."""

    def parameters(self) -> tuple[nn.Parameter, ...]:
        """Return them: the weights first."""
        return (self.weight,) if self.bias is None else (self.weight, self.bias)

    def by_neuron(self, values: torch.Tensor) -> Float[torch.Tensor, "neurons incoming"]:
        """Return values of the weights' shape as one row per neuron."""
        return (values.transpose(0, 1) if self.transposed else values).flatten(1)


def parameter_names(model: nn.Module) -> dict[nn.Parameter, str]:
    """Return each parameter's name, of shared ones the first; wrappers inside the model leave no trace."""
    names: dict[nn.Parameter, str] = {}
    for module, path in module_paths(model).items():
        for name, parameter in module.named_parameters(recurse=False):
            names.setdefault(parameter, f"{path}.{name}" if path else name)
    return names


def unit_weights(model: nn.Module, graph: LayerGraph) -> tuple[UnitWeights | None, ...]:
    """Return each unit's weights; None where the unit has none, or none that is a plain parameter of its module."""
    modules = {path: module for module, path in module_paths(model).items()}
    paths = {layer.id: layer.path for layer in graph.layers}
    names = parameter_names(model)
    return tuple(_weights_of(unit, [modules.get(paths[m]) for m in unit.members], names) for unit in graph.units)


def _weights_of(unit: Unit, members: list[nn.Module | None], names: dict[nn.Parameter, str]) -> UnitWeights | None:
    owner = members[0]
    weight = None if owner is None else dict(owner.named_parameters(recurse=False)).get("weight")
    if unit.role == "merge" or owner is None or weight is None or weight.dim() < 2:
        return None
    bias = dict(owner.named_parameters(recurse=False)).get("bias")
    for member in members[1:]:
        if isinstance(member, _BATCH_NORMS):
            bias = dict(member.named_parameters(recurse=False)).get("bias", bias)
    return UnitWeights(names[weight], weight, bias, isinstance(owner, _TRANSPOSED))


def batch_norms(model: nn.Module) -> dict[str, nn.Module]:
    """Return the batch norms by path."""
    return {path: module for module, path in module_paths(model).items() if isinstance(module, _BATCH_NORMS)}


def norm_units(graph: LayerGraph, norms: dict[str, nn.Module]) -> tuple[str, ...]:
    """Return for each batch norm the unit it belongs to, or nothing."""
    paths = {layer.id: layer.path for layer in graph.layers}
    owners = {paths[member]: unit.id for unit in graph.units for member in unit.members}
    return tuple(owners.get(path, "") for path in norms)


WEIGHT_NUMBERS = ("norm", "mean", "std", "gain", "maximum", "negative", "negative_neurons", "nonfinite")


def weight_numbers(unit: UnitWeights, values: torch.Tensor, scratch: Scratch) -> Float[torch.Tensor, " numbers"]:
    """Return what `WEIGHT_NUMBERS` names for one unit's weights."""
    rows = unit.by_neuron(values).float()
    found = scratch.moments(rows)
    norm = torch.linalg.vector_norm(rows)
    negative = torch.lt(rows, 0.0, out=scratch.like(rows)).mean(1)
    low, high = torch.aminmax(rows)
    highest = torch.maximum(low.abs(), high.abs())
    return torch.stack(
        [
            norm,
            found.mean,
            found.deviation,
            norm / rows.shape[0] ** 0.5,  # root mean square times the root of the fan-in
            highest,
            negative.mean(),
            (negative > MOSTLY).float().mean(),
            bad(rows, highest),
        ]
    )
