"""Find the logits in whatever a model returns."""

from collections.abc import Mapping
from typing import Any

import torch

from cnnvis.schema.errors import ModelError


def named_outputs(result: Any, prefix: str = "") -> dict[str, torch.Tensor]:
    """Return all tensors in a result by name: dict keys, field names and indices, joined by dots."""
    if isinstance(result, torch.Tensor):
        return {prefix: result}
    if isinstance(result, Mapping):
        items = [(str(key), value) for key, value in result.items()]
    elif isinstance(result, tuple | list):
        names = getattr(result, "_fields", range(len(result)))
        items = [(str(name), value) for name, value in zip(names, result, strict=True)]
    else:
        return {}
    return {
        name: tensor
        for key, value in items
        for name, tensor in named_outputs(value, f"{prefix}.{key}" if prefix else key).items()
    }


def choose_output(result: Any, wanted: str | None) -> tuple[torch.Tensor | None, list[str]]:
    """Return the logits and a note on what was chosen.

    Raises:
        ModelError: When ``wanted`` names no output.

    """
    outputs = named_outputs(result)
    if wanted is not None:
        by_index = dict(enumerate(outputs))
        name = by_index.get(int(wanted), wanted) if wanted.lstrip("-").isdigit() and wanted not in outputs else wanted
        if name not in outputs:
            raise ModelError(
                f"The model has no output {wanted!r}; it returns {_listed(outputs)}.",
                "Name one of these with --output.",
            )
        return outputs[name], []
    floats = {name: tensor for name, tensor in outputs.items() if tensor.is_floating_point()}
    flat = [name for name, tensor in floats.items() if tensor.dim() == 2]
    chosen = flat[0] if flat else next(iter(floats), None)
    if chosen is None:
        return None, [f"The model returns no tensor of numbers (a {type(result).__name__}), so there are no logits."]
    if len(outputs) == 1 and flat:
        return outputs[chosen], []
    name = chosen or "the only one"
    return outputs[chosen], [f"Of the outputs {_listed(outputs)} the logits are taken to be {name}."]


def _listed(outputs: Mapping[str, torch.Tensor]) -> str:
    return ", ".join(f"{name or 'output'} {tuple(tensor.shape)}" for name, tensor in outputs.items()) or "no tensor"
